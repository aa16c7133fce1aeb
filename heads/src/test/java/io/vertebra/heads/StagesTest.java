package io.vertebra.heads;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.Graph;
import io.vertebra.graph.op.ParameterSpec;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StagesTest {

    @Test
    void countsTheStagesOfAResNet() {
        Stages stages = Stages.of(Models.builtIn().get("resnet50"));
        assertThat(stages.count()).isEqualTo(5);
        assertThat(stages.byParameter())
                .containsAllEntriesOf(Map.of(
                        "conv1.weight", 0,
                        "bn1.running_var", 0,
                        "layer1.0.conv1.weight", 1,
                        "layer1.0.downsample.0.weight", 1,
                        "layer4.2.bn3.bias", 4,
                        "fc.weight", 5,
                        "fc.bias", 5));
        assertThat(stages.isBelow(2, "layer1.2.conv3.weight")).isTrue();
        assertThat(stages.isBelow(1, "layer1.2.conv3.weight")).isFalse();
        assertThat(stages.isBelow(5, "fc.weight")).isFalse();
        assertThat(stages.isBelow(0, "conv1.weight")).isFalse();
        assertThat(stages.isBelow(5, "unknown")).isFalse();
    }

    @Test
    void layersBetweenTheLastLevelAndTheClassifierAreAStage() {
        Stages stages = Stages.of(Models.builtIn().get("mobilenet_v2"));
        assertThat(stages.byParameter())
                .containsEntry("features.17.conv.3.bias", 4)
                .containsEntry("features.18.0.weight", 5)
                .containsEntry("features.18.1.running_mean", 5)
                .containsEntry("classifier.1.weight", 6);
        assertThat(stages.count()).isEqualTo(6);
    }

    @Test
    void aHeadForPixelsIsNoStageOfTheBackbone() {
        Stages stages = Stages.of(Models.builtIn().get("deeplabv3_mobilenet_v2_voc"));
        assertThat(stages.count()).isEqualTo(5);
        assertThat(stages.byParameter().values()).contains(4, 5).doesNotContain(6);
    }

    @ParameterizedTest
    @ValueSource(strings = {"resnet18", "resnet20_cifar", "mobilenetv1_025", "mobilenet_v2", "squeezenet1_1"})
    void placesEveryParameter(String name) {
        Model model = Models.builtIn().get(name);
        Graph graph = model.inference();
        assertThat(Stages.of(model).byParameter().keySet())
                .containsExactlyInAnyOrderElementsOf(
                        graph.parameters().stream().map(ParameterSpec::name).toList());
    }
}
