package io.vertebra.app.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.backbones.weights.Preprocessing;
import io.vertebra.backbones.weights.SafetensorsWriter;
import io.vertebra.backbones.weights.WeightsException;
import io.vertebra.backbones.zoo.WeightStore;
import io.vertebra.backbones.zoo.Zoo;
import io.vertebra.graph.Conventions;
import io.vertebra.graph.Graph;
import io.vertebra.graph.op.ParameterSpec;
import io.vertebra.heads.Models;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weights by tag, from a cache in which a file lies under a published name. */
class ModelOpenerTest {
    private static final String TAG = "a1_in1k";

    @TempDir
    Path cache;

    private Path file;

    @BeforeEach
    void fillTheCache() {
        file = cache.resolve(
                Zoo.builtIn().weights("resnet18", TAG).orElseThrow().file());
        Graph graph = Models.builtIn().get("resnet18").inference();
        SafetensorsWriter writer = new SafetensorsWriter();
        for (ParameterSpec spec : graph.parameters()) {
            writer.add(
                    spec.name(),
                    spec.shape().toArray(),
                    new float[(int) spec.shape().elements()]);
        }
        writer.write(file);
    }

    private OpenedModel open(String weights) {
        return open("resnet18", weights);
    }

    private OpenedModel open(String model, String weights) {
        ModelSection section = new ModelSection(
                Models.builtIn().get(model).backbone(),
                null,
                Models.builtIn().get(model).head(),
                null,
                null,
                weights,
                null);
        WeightStore store = WeightStore.at(cache).offline(true);
        return new ModelOpener(store, Zoo.builtIn(), Models.builtIn()).open(section, Map.of());
    }

    /** A1 was tested at 288 pixels without a border; torchvision's names alone tell of 224 with one. */
    @Test
    void takesTheFileOfATagAndPreparesPicturesAsPublished() throws Exception {
        for (String weights : new String[] {TAG, "resnet18:" + TAG, file.toString()}) {
            OpenedModel.Weights opened = open(weights).weights().orElseThrow();
            assertThat(opened.file()).isEqualTo(file);
            assertThat(opened.info().name()).isEqualTo("torchvision");
            Preprocessing preprocessing = opened.info().preprocessing().orElseThrow();
            assertThat(preprocessing.inputSize()).isEqualTo(288);
            assertThat(preprocessing.interpolation()).isEqualTo("bicubic");
            assertThat(preprocessing.crop()).isEqualTo(1);
        }
        Path other = Files.copy(file, cache.resolve("other.safetensors"));
        assertThat(open(other.toString())
                        .weights()
                        .flatMap(w -> w.info().preprocessing())
                        .orElseThrow()
                        .inputSize())
                .isEqualTo(224);
    }

    /** TensorFlow's form has the names of timm's own, which has another ε. */
    @Test
    void takesTheConventionsOfTheModelWhereNamesAreOfTwo() {
        Path timms = cache.resolve("timms");
        new SafetensorsWriter()
                .add("conv_stem.weight", new int[] {16, 3, 3, 3}, new float[432])
                .add("blocks.0.0.se.conv_reduce.weight", new int[] {8, 16, 1, 1}, new float[128])
                .add("blocks.1.0.conv_pwl.weight", new int[] {24, 72, 1, 1}, new float[24 * 72])
                .add("blocks.5.0.conv.weight", new int[] {432, 72, 1, 1}, new float[432 * 72])
                .add("conv_head.bias", new int[] {1024}, new float[1024])
                .write(timms);
        assertThat(open("mobilenetv3_small_075", timms.toString())
                        .model()
                        .conventions()
                        .normEpsilon())
                .isEqualTo(1e-5);
        assertThat(open("tf_mobilenetv3_small_075", timms.toString()).model().conventions())
                .isEqualTo(Conventions.DEFAULT);
    }

    @Test
    void refusesATagThatIsNotThereAndOneOfNoSet() {
        assertThatThrownBy(() -> open("imagenet1k_v1"))
                .isInstanceOf(WeightsException.class)
                .hasMessageEndingWith(
                        "downloads are off; put" + " https://download.pytorch.org/models/resnet18-f37072fd.pth there");
        assertThatThrownBy(() -> open("imagenet9k"))
                .hasMessageStartingWith("imagenet9k: no such file; name another, or a published set of ");
    }
}
