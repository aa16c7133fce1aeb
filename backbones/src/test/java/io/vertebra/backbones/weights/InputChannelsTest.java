package io.vertebra.backbones.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.graph.Conv;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.reference.Form;
import io.vertebra.graph.reference.ReferenceInterpreter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Weights for RGB in networks for other pictures. */
class InputChannelsTest {
    private static final Map<String, String> OURS = Map.of("vertebra.names", "canonical");

    private final Map<String, float[]> arrays = new LinkedHashMap<>();

    private LoadReport load(Map<String, List<Integer>> inFile, Map<String, int[]> wanted) {
        MemoryFile file = MemoryFile.of(inFile, OURS);
        SchemeInfo info = Schemes.builtIn().recognise(file);
        return new WeightLoader(file, info).load(wanted, name -> {
            int elements = 1;
            for (int extent : wanted.get(name)) {
                elements *= extent;
            }
            float[] array = new float[elements];
            arrays.put(name, array);
            return array;
        });
    }

    private LoadReport stem(List<Integer> inFile, int... wanted) {
        Map<String, int[]> shapes = new LinkedHashMap<>();
        shapes.put("scale", new int[] {1});
        shapes.put("a.stem.weight", wanted);
        return load(Map.of("scale", List.of(1), "a.stem.weight", inFile), shapes);
    }

    /** Two filters of 1×2 taps; the values of the file are 0, 1, 2, ...: channel c of filter o begins at 6 · o + 2 · c. */
    @Test
    void sumsTheFiltersForGrayPictures() {
        LoadReport report = stem(List.of(2, 3, 1, 2), 2, 1, 1, 2);
        assertThat(arrays.get("a.stem.weight")).containsExactly(0 + 2 + 4, 1 + 3 + 5, 6 + 8 + 10, 7 + 9 + 11);
        assertThat(report.isComplete()).isTrue();
        assertThat(report.loaded()).containsExactly("scale", "a.stem.weight");
        assertThat(report.adapted()).containsExactly("a.stem.weight");
        assertThat(report.summary())
                .endsWith("2 parameters loaded, filters of RGB adapted to the picture's channels (a.stem.weight)");
    }

    @Test
    void repeatsTheFiltersForMoreChannels() {
        stem(List.of(2, 3, 1, 2), 2, 4, 1, 2);
        float s = 0.75f;
        assertThat(arrays.get("a.stem.weight"))
                .containsExactly(
                        0, s, 2 * s, 3 * s, 4 * s, 5 * s, 0, s, 6 * s, 7 * s, 8 * s, 9 * s, 10 * s, 11 * s, 6 * s,
                        7 * s);
    }

    @Test
    void takesTheFirstFiltersForTwoChannels() {
        stem(List.of(1, 3, 1, 2), 1, 2, 1, 2);
        assertThat(arrays.get("a.stem.weight")).containsExactly(0, 1.5f, 3, 4.5f);
    }

    @ParameterizedTest
    @CsvSource({ // filters in the file: other counts, other taps, not of RGB
        "3, 3, 1, 2",
        "2, 3, 2, 2",
        "2, 3, 1, 1",
        "2, 4, 1, 2",
        "2, 2, 1, 2"
    })
    void refusesFiltersOfAnotherKind(int outputs, int channels, int height, int width) {
        assertThatThrownBy(() -> stem(List.of(outputs, channels, height, width), 2, 1, 1, 2))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining("1 mismatched (a.stem.weight has shape");
        assertThat(arrays).isEmpty();
    }

    @Test
    void refusesToMakeFiltersForRgb() {
        assertThatThrownBy(() -> stem(List.of(2, 1, 1, 2), 2, 3, 1, 2)).hasMessageContaining("1 mismatched");
    }

    /** A grouped convolution behind the stem has few input channels too. */
    @Test
    void adaptsTheFirstConvolutionOnly() {
        Map<String, int[]> wanted = new LinkedHashMap<>();
        wanted.put("conv1.weight", new int[] {2, 3, 1, 1});
        wanted.put("conv2.weight", new int[] {2, 1, 1, 1});
        assertThatThrownBy(() ->
                        load(Map.of("conv1.weight", List.of(2, 3, 1, 1), "conv2.weight", List.of(2, 3, 1, 1)), wanted))
                .hasMessageContaining(
                        "1 mismatched (conv2.weight has shape [2, 3, 1, 1], the model wants [2, 1, 1, 1])");
    }

    /** What the rule is for: a picture whose channels are equal gives what the same gray gave as RGB. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 6})
    void keepsTheAnswerToGrayPictures(int channels) {
        float[] gray = new float[25];
        for (int i = 0; i < gray.length; i++) {
            gray[i] = (i * 7 % 11) / 10f;
        }
        MemoryFile file = MemoryFile.of(Map.of("stem.conv.weight", List.of(4, 3, 3, 3)), OURS);
        double[] rgb = run(file, gray, 3);
        double[] other = run(file, gray, channels);
        for (int i = 0; i < rgb.length; i++) {
            assertThat(other[i]).isCloseTo(rgb[i], within(1e-5 * Math.abs(rgb[i]) + 1e-5));
        }
    }

    private static double[] run(MemoryFile file, float[] gray, int channels) {
        GraphBuilder g = new GraphBuilder();
        Node picture = g.image(channels, Shape.ANY, Shape.ANY);
        g.output("y", g.conv("stem.conv", picture, Conv.of(3, 4)));
        Graph graph = g.build();
        Parameters parameters = Parameters.zeros(graph);
        new WeightLoader(file, Schemes.builtIn().recognise(file)).load(parameters);
        float[] all = new float[channels * gray.length];
        for (int c = 0; c < channels; c++) {
            System.arraycopy(gray, 0, all, c * gray.length, gray.length);
        }
        Tensor.Floats input = new Tensor.Floats(Shape.of(1, channels, 5, 5), all);
        return ReferenceInterpreter.of(graph, parameters)
                .forward(Batch.of(input), Form.INFERENCE)
                .output("y")
                .data();
    }
}
