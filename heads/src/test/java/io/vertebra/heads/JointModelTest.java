package io.vertebra.heads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.backbones.Backbones;
import io.vertebra.graph.Conventions;
import io.vertebra.graph.Graph;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.ParameterSpec;
import io.vertebra.graph.op.Size;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several heads on one backbone. */
class JointModelTest {
    private static final Heads HEADS = Heads.builtIn();
    private static final Auxiliary AUXILIARY = new Auxiliary(null, null, null, null);

    private static HeadPart part(String head, int classes) {
        return HeadPart.of(HEADS.get(head), classes);
    }

    private static Model model() {
        Map<String, HeadPart> heads = new LinkedHashMap<>();
        heads.put("cls", part("classifier", 4));
        heads.put("seg", part("fcn", 5).with(Optional.of(AUXILIARY)));
        heads.put("det", part("ssd", 6));
        return Model.of(Backbones.builtIn().get("mobilenet_v2"), heads);
    }

    @Test
    void prefixesOutputsAndParametersWithTheKey() {
        Graph graph = model().inference();
        assertThat(graph.outputs().keySet())
                .containsSubsequence(
                        "pyramid.4",
                        "cls.features",
                        "cls.logits",
                        "seg.logits",
                        "det.class_logits",
                        "det.box_encodings")
                .doesNotContain("seg.auxiliary.logits");
        assertThat(graph.parameters().stream().map(ParameterSpec::name))
                .contains(
                        "backbone.features.0.0.weight",
                        "cls.features.18.0.weight", // between the last level and the classifier
                        "cls.classifier.1.weight",
                        "seg.decode_head.conv_seg.weight",
                        "det.neck.extra_layers.0.0.conv.weight",
                        "det.bbox_head.cls_convs.0.0.weight");
        assertThat(graph.output("cls.logits").channels()).isEqualTo(4);
        assertThat(graph.output("seg.logits").channels()).isEqualTo(5);
        assertThat(graph.output("det.class_logits").shape().get(2)).isEqualTo(6);
    }

    @Test
    void hasAuxiliaryHeadsInTrainingOnly() {
        Assembly training = model().assembleForTraining();
        assertThat(training.outputs().keySet())
                .containsExactly(
                        "cls.features",
                        "cls.logits",
                        "seg.logits",
                        "seg.auxiliary.logits",
                        "det.class_logits",
                        "det.box_encodings");
        assertThat(training.output("seg", "auxiliary.logits").channels()).isEqualTo(5);
        assertThat(training.heads().get("seg").keySet()).containsExactly("logits", "auxiliary.logits");
        assertThat(training.input().name()).isEqualTo("input");
        assertThatThrownBy(() -> model().assemble().output("seg", "auxiliary.logits"))
                .isInstanceOf(GraphException.class)
                .hasMessage("seg.auxiliary.logits: is no output of these heads; they have cls.features, cls.logits,"
                        + " seg.logits, det.class_logits, det.box_encodings");
    }

    @Test
    void saysNamesWithAndWithoutKey() {
        assertThat(Assembly.name("seg", "loss")).isEqualTo("seg.loss");
        assertThat(Assembly.name("", "loss")).isEqualTo("loss");
    }

    @Test
    void answersForItsPartsByKey() {
        Model model = model();
        assertThat(model.isSingle()).isFalse();
        assertThat(model.task()).isEqualTo("joint");
        assertThat(model.part("seg").task()).isEqualTo("segmentation");
        assertThat(model.withClasses("seg", 9).part("seg").classes()).isEqualTo(9);
        assertThat(model.withClasses("seg", 9).part("seg").auxiliary()).contains(AUXILIARY);
        assertThat(model.withClasses("seg", 9).part("det")).isEqualTo(model.part("det"));
        assertThat(model.detector("det").anchors(Size.of(96)).length / 4).isEqualTo(3 * 36 + 6 * (9 + 4 + 3 * 1));
        assertThatThrownBy(model::head).hasMessage("heads: are several (cls, seg, det), say which");
        assertThatThrownBy(() -> model.part("pose")).hasMessage("pose: is no head of this model; it has cls, seg, det");
        assertThatThrownBy(() -> model.with("pose", part("fcn", 2))).isInstanceOf(GraphException.class);
        assertThatThrownBy(() -> model.detector("seg"))
                .hasMessage("fcn: is a head for segmentation, not for detection");
        assertThatThrownBy(() -> model.part("det").alignCorners())
                .hasMessage("ssd: is a head for detection, not for segmentation");
    }

    @ParameterizedTest
    @ValueSource(strings = {"backbone", "neck", "pyramid", "input", "auxiliary", "loss", "Seg", "1a", "a.b", "a-b"})
    void refusesKeysThatOtherNamesBeginWith(String key) {
        Map<String, HeadPart> heads = Map.of(key, part("fcn", 2), "ok", part("unet", 2));
        assertThatThrownBy(() -> Model.of(Backbones.builtIn().get("resnet18"), heads))
                .isInstanceOf(GraphException.class)
                .hasMessageStartingWith("heads: the key " + key + " cannot be a head's: lower_snake_case");
    }

    @Test
    void refusesAHeadWithoutKeyBesideOthersAndNoHeadAtAll() {
        Map<String, HeadPart> heads = Map.of("", part("fcn", 2), "ok", part("unet", 2));
        assertThatThrownBy(() -> Model.of(Backbones.builtIn().get("resnet18"), heads))
                .hasMessageStartingWith("heads: the key  cannot be a head's");
        assertThatThrownBy(() -> Model.of(Backbones.builtIn().get("resnet18"), Map.of()))
                .hasMessage("heads: needs a head");
    }

    @Test
    void oneHeadWithAKeyKeepsItsKey() {
        Model model = Model.of(Backbones.builtIn().get("resnet18"), Map.of("a1_b", part("classifier", 3)));
        assertThat(model.isSingle()).isFalse();
        assertThat(model.inference().parameters().stream().map(ParameterSpec::name))
                .contains("backbone.conv1.weight", "a1_b.fc.weight");
    }

    @Test
    void refusesAuxiliaryHeadsThatCannotBe() {
        assertThatThrownBy(() -> part("ssd", 3).with(Optional.of(AUXILIARY)))
                .isInstanceOf(GraphException.class)
                .hasMessage("auxiliary: is for segmentation, ssd does detection");
        HeadPart deep = part("fcn", 3).with(Optional.of(new Auxiliary(5, null, null, null)));
        assertThatThrownBy(() -> Model.of(Backbones.builtIn().get("resnet18"), Map.of("", deep)))
                .hasMessage("level: is 5, resnet18 has 5 levels: -5 to 4");
        HeadPart low = part("fcn", 3).with(Optional.of(new Auxiliary(-6, null, null, null)));
        assertThatThrownBy(() -> Model.of(Backbones.builtIn().get("resnet18"), Map.of("", low)))
                .hasMessage("level: is -6, resnet18 has 5 levels: -5 to 4");
    }

    @Test
    void findsLevelsFromBothEnds() {
        Trunk trunk = Trunk.of(Backbones.builtIn().get("resnet18"));
        assertThat(trunk.level(0))
                .isSameAs(trunk.level(-5))
                .isSameAs(trunk.pyramid().levels().get(0));
        assertThat(trunk.level(4))
                .isSameAs(trunk.level(-1))
                .isSameAs(trunk.pyramid().last());
    }

    @Test
    void fillsInAndChecksTheOptionsOfAnAuxiliaryHead() {
        assertThat(AUXILIARY).isEqualTo(new Auxiliary("fcn", -2, 0, 0.1, 0.4));
        assertThat(new Auxiliary(null, null, null, null, null)).isEqualTo(AUXILIARY);
        assertThatThrownBy(() -> new Auxiliary("unet", null, null, null, null))
                .hasMessage("name: must be fcn, is unet");
        assertThatThrownBy(() -> new Auxiliary(null, -1, null, null)).hasMessage("channels: must be at least 0, is -1");
        assertThatThrownBy(() -> new Auxiliary(null, null, 1.0, null))
                .hasMessage("dropout: must lie in [0, 1), is 1.0");
        assertThatThrownBy(() -> new Auxiliary(null, null, null, 0.0)).hasMessage("weight: must be above 0, is 0.0");
        assertThatThrownBy(() -> new Auxiliary(null, null, null, Double.POSITIVE_INFINITY))
                .isInstanceOf(GraphException.class);
    }

    @Test
    void keepsTheAuxiliaryHeadOfASingleHead() {
        Model model = Models.builtIn().get("fcn_resnet50");
        assertThat(model.part().auxiliary()).contains(new Auxiliary(-2, 0, 0.1, 0.5));
        assertThat(model.with(model.head()).part()).isEqualTo(model.part());
        assertThat(model.with(Optional.empty()).part().auxiliary()).isEmpty();
        assertThat(model.with(Conventions.DEFAULT.withFrozenNorm()).part()).isEqualTo(model.part());
    }

    @Test
    void refusesBackbonesWithTooFewLevels() {
        List<String> needy = List.of("deeplabv3plus", "ssd", "ssdlite");
        for (String head : needy) {
            assertThatThrownBy(() -> Model.of(new OneLevel().backbone(), HEADS.get(head), 2))
                    .isInstanceOf(GraphException.class)
                    .hasMessageMatching(head + ": needs .*one_level has the reductions \\[8]");
        }
        assertThat(Model.of(new OneLevel().backbone(), HEADS.get("unet"), 2)
                        .inference()
                        .output("logits")
                        .reduction())
                .isEqualTo(1);
    }
}
