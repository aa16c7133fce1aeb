package io.vertebra.backbones.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.backbones.Backbone;
import io.vertebra.backbones.Backbones;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.op.ParameterSpec;
import io.vertebra.graph.op.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of a network that chooses channels by an index: whole numbers as PyTorch writes them, or as floats. */
class IndexFilesTest {
    private static final String INDEX = "features.stage1.unit1.conv1.index";

    @TempDir
    private Path folder;

    private final Parameters model = model();

    private static Parameters model() {
        GraphBuilder g = new GraphBuilder();
        Backbone<?> backbone = Backbones.builtIn().get("condensenet74_c8_g8");
        Node input = g.image(3, Shape.ANY, Shape.ANY);
        g.output("logits", backbone.classifier(backbone.features(backbone.build(input, g), g), 3, g));
        return Parameters.initialize(g.build(), 1);
    }

    private Path written(boolean whole) throws IOException {
        SafetensorsWriter writer = new SafetensorsWriter();
        for (String name : model.names()) {
            ParameterSpec spec = model.spec(name);
            float[] values = model.get(name);
            if (spec.isIndex() && whole) {
                long[] longs = new long[values.length];
                for (int i = 0; i < longs.length; i++) {
                    longs[i] = (long) values[i];
                }
                writer.add(name, spec.shape().toArray(), longs);
            } else {
                writer.add(name, spec.shape().toArray(), values);
            }
        }
        Path file = folder.resolve("net.safetensors");
        writer.write(file);
        return file;
    }

    private static Parameters read(Path path) {
        Parameters read = model();
        read.names().forEach(name -> Arrays.fill(read.get(name), -5));
        try (WeightFile file = WeightFile.open(path)) {
            assertThat(new WeightLoader(file, Schemes.builtIn().recognise(file))
                            .load(read)
                            .isComplete())
                    .isTrue();
        }
        return read;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void comeBackAsTheyWere(boolean whole) throws IOException {
        float[] index = model.get(INDEX);
        for (int i = 0; i < index.length; i++) {
            index[i] = 15 - i / 2;
        }
        Parameters read = read(written(whole));
        for (String name : model.names()) {
            assertThat(read.get(name)).as(name).isEqualTo(model.get(name));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "true, 16, 16.0",
        "true, -1, -1.0",
        "true, 1099511627776, 1.09951163E12",
        "false, 16, 16.0",
        "false, 0.5, 0.5",
        "false, NaN, NaN",
        "false, Infinity, Infinity"
    })
    void areRefusedWhereTheyChooseNothing(boolean whole, float fault, String told) throws IOException {
        model.get(INDEX)[3] = fault;
        Path path = written(whole);
        assertThatThrownBy(() -> read(path))
                .isInstanceOf(WeightsException.class)
                .hasMessage(path + ": " + INDEX + ": holds " + told + " at 3, must be whole numbers from 0 to 15");
    }

    @Test
    void areRefusedBeforeAnythingIsWritten() throws IOException {
        model.get("output.index")[0] = 2064;
        Path path = written(true);
        Parameters before = model();
        try (WeightFile file = WeightFile.open(path)) {
            WeightLoader loader = new WeightLoader(file, Schemes.builtIn().recognise(file));
            before.names().forEach(name -> Arrays.fill(before.get(name), -5));
            assertThatThrownBy(() -> loader.load(before)).hasMessageContaining(": output.index: holds 2064.0 at 0, ");
        }
        assertThat(before.get("features.init_block.conv.weight")).containsOnly(-5);
    }
}
