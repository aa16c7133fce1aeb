package io.vertebra.heads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.backbones.Backbone;
import io.vertebra.backbones.Backbones;
import io.vertebra.backbones.GoogLeNet;
import io.vertebra.backbones.MobileNetV2;
import io.vertebra.backbones.Norm;
import io.vertebra.backbones.ResNet;
import io.vertebra.backbones.SqueezeNet;
import io.vertebra.backbones.Vgg;
import io.vertebra.graph.Conventions;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.BatchNorm;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.Dropout;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Input;
import io.vertebra.graph.op.ParameterSpec;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import io.vertebra.heads.neck.FpnNeck;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ModelTest {

    private static final SoftmaxCrossEntropy LOSS = new SoftmaxCrossEntropy(0.1, SoftmaxCrossEntropy.IGNORE);
    private static final Conventions FOLDED = new Conventions(true, 1e-3, true);

    private final Backbones backbones = Backbones.builtIn();
    private final Heads heads = Heads.builtIn();

    private Model model(String backbone, int classes) {
        return Model.of(backbones.get(backbone), heads.get("classifier"), classes);
    }

    @Test
    void namesItsOutputsForInference() {
        Graph graph = model("resnet18", 7).inference();
        assertThat(graph.outputs().keySet())
                .containsExactly("pyramid.0", "pyramid.1", "pyramid.2", "pyramid.3", "pyramid.4", "features", "logits");
        assertThat(graph.output("features").shape()).isEqualTo(Shape.of(Shape.ANY, 512));
        assertThat(graph.output("logits").shape()).isEqualTo(Shape.of(Shape.ANY, 7));
        assertThat(graph.inputs()).singleElement().satisfies(n -> {
            assertThat(n.name()).isEqualTo("input");
            assertThat(n.shape()).isEqualTo(Shape.of(Shape.ANY, 3, Shape.ANY, Shape.ANY));
        });
    }

    @Test
    void featuresAreWhatTheClassifierTakes() {
        assertThat(model("mobilenet_v2", 7).inference().output("features").shape())
                .isEqualTo(Shape.of(Shape.ANY, 1280));
        assertThat(model("squeezenet1_1", 7).inference().output("features").shape())
                .isEqualTo(Shape.of(Shape.ANY, 512, Shape.ANY, Shape.ANY));
    }

    /** GoogLeNet's two stand in the graph that is trained, and only there. */
    @Test
    void trainsTheBackbonesOwnAuxiliaryClassifiers() {
        Backbone<?> backbone = backbones.get("googlenet", new GoogLeNet.Config(null, null, null, null, true, null));
        Model model = Model.of(backbone, heads.get("classifier"), 7);
        Assembly training = model.assembleForTraining();
        assertThat(training.outputs().keySet())
                .containsExactly("features", "logits", "auxiliary.0.logits", "auxiliary.1.logits");
        assertThat(training.output("auxiliary.1.logits").shape()).isEqualTo(Shape.of(Shape.ANY, 7));
        assertThat(model.assemble().outputs().keySet()).containsExactly("features", "logits");
        assertThat(model("googlenet", 7).assembleForTraining().outputs().keySet())
                .containsExactly("features", "logits");
    }

    @Test
    void trainsWithLabels() {
        Graph graph = model("resnet18", 7).training(LOSS, false);
        assertThat(graph.outputs().keySet()).containsExactly("logits", "loss");
        assertThat(graph.inputs().stream().map(Node::name)).containsExactly("input", "labels");
        assertThat(graph.node("labels").op()).isEqualTo(new Input(DataType.I32, Shape.of(Shape.ANY)));
        assertThat(graph.output("loss").op()).isEqualTo(LOSS);
        assertThat(graph.output("loss").inputs()).containsExactly(graph.output("logits"), graph.node("labels"));
    }

    @Test
    void trainsWithSoftLabels() {
        Graph graph = model("resnet18", 7).training(LOSS, true);
        assertThat(graph.node("soft_labels").op()).isEqualTo(new Input(DataType.F32, Shape.of(Shape.ANY, 7)));
        assertThat(graph.parameters())
                .isEqualTo(model("resnet18", 7).inference().parameters());
    }

    @Test
    void dropsFeaturesBeforeTheLastLayer() {
        Model model = model("mobilenet_v2", 7).with(heads.get("classifier").with(new ClassifierHead.Config(0.2)));
        Graph graph = model.training(LOSS, false);
        Node dropout = graph.output("logits").inputs().get(0);
        assertThat(dropout.op()).isEqualTo(new Dropout(0.2));
        assertThat(dropout.inputs().get(0).channels()).isEqualTo(1280);
        assertThat(model("mobilenet_v2", 7).inference().nodes()).noneMatch(n -> n.op() instanceof Dropout);
    }

    @Test
    void checksTheRateOfDropout() {
        assertThat(new ClassifierHead.Config(null).dropout()).isZero();
        assertThatThrownBy(() -> new ClassifierHead.Config(1.0)).hasMessage("dropout: must lie in [0, 1), is 1.0");
        assertThatThrownBy(() -> new ClassifierHead.Config(Double.NaN)).isInstanceOf(GraphException.class);
        assertThatThrownBy(() -> heads.get("classifier").with(new SqueezeNet.Config(null, null, null)))
                .isInstanceOf(ClassCastException.class);
    }

    @Test
    void freezesNormsWhereTheConfigOrTheWeightsSaySo() {
        Model plain = model("resnet18", 7);
        assertThat(isFrozen(plain)).isFalse();
        assertThat(isFrozen(plain.with(FOLDED))).isTrue();
        assertThat(isFrozen(plain.with(backbones.get("resnet18", config(Norm.FROZEN)))))
                .isTrue();
        assertThat(isFrozen(plain.with(backbones.get("resnet18", config(Norm.BATCH)))))
                .isFalse();
        assertThat(plain.with(backbones.get("resnet18", config(Norm.FROZEN))).conventions())
                .isEqualTo(Conventions.DEFAULT.withFrozenNorm());
    }

    @Test
    void refusesTrainedNormsForFoldedWeights() {
        Model model = model("resnet18", 7).with(backbones.get("resnet18", config(Norm.BATCH)));
        assertThatThrownBy(() -> model.with(FOLDED))
                .isInstanceOf(GraphException.class)
                .hasMessage(
                        "norm: must be frozen, is batch: the norms of these weights are folded into their convolutions");
    }

    @Test
    void refusesABackboneWithoutClassifier() {
        Backbone<?> atrous = backbones.get("vgg16", new Vgg.Config(null, null, null, null, true, null));
        assertThatThrownBy(() -> Model.of(atrous, heads.get("classifier"), 2))
                .isInstanceOf(GraphException.class)
                .hasMessageStartingWith("atrous: must be false for a classifier");
    }

    @Test
    void refusesAModelWithoutClasses() {
        assertThatThrownBy(() -> model("resnet18", 0)).hasMessage("classes: must be at least 1, is 0");
    }

    @Test
    void keepsTheRestWhenAPartIsChanged() {
        Model model = model("resnet18", 7).with(FOLDED);
        Model wide = model.with(
                        backbones.get("mobilenet_v2", new MobileNetV2.Config(0.5, null, null, null, null, null, null)))
                .withClasses(9);
        assertThat(wide.conventions()).isEqualTo(FOLDED);
        assertThat(wide.classes()).isEqualTo(9);
        assertThat(wide.task()).isEqualTo("classification");
        assertThat(wide.inference().output("pyramid.4").channels()).isEqualTo(160);
        assertThat(wide.with(wide.head()).backbone()).isEqualTo(wide.backbone());
    }

    @Test
    void anAssemblyNamesTheOutputsThatItHas() {
        Assembly assembly = model("resnet18", 7).assemble();
        assertThat(assembly.output("logits").channels()).isEqualTo(7);
        assertThatThrownBy(() -> assembly.output("boxes"))
                .hasMessage("boxes: is no output of this head; it has features, logits");
    }

    private static ResNet.Config config(Norm norm) {
        return new ResNet.Config(null, norm, null, null, null, null, null);
    }

    private static boolean isFrozen(Model model) {
        return model.inference().nodes().stream()
                .filter(n -> n.op() instanceof BatchNorm)
                .allMatch(n -> ((BatchNorm) n.op()).frozen());
    }

    private Model necked(Map<String, HeadPart> parts) {
        Neck<?> fpn = Necks.builtIn().get("fpn").with(new FpnNeck.Config(null, 8, null, null, null));
        return new Model(backbones.get("resnet18"), Optional.of(fpn), parts, Conventions.DEFAULT);
    }

    @Test
    void headsStandOnANeck() {
        Model model = necked(Map.of("", HeadPart.of(heads.get("fcn"), 3)));
        Graph graph = model.inference();
        assertThat(graph.output("logits").reduction()).isEqualTo(64);
        assertThat(graph.output("pyramid.4").channels()).isEqualTo(512); // the backbone's own
        assertThat(graph.parameters())
                .extracting(ParameterSpec::name)
                .contains("backbone.conv1.weight", "neck.fpn_convs.3.conv.weight", "decode_head.conv_seg.weight");
        Neck<?> torchvision = Necks.builtIn()
                .get("fpn")
                .with(new FpnNeck.Config(FpnNeck.Style.TORCHVISION, 8, FpnNeck.Extra.NONE, null, null));
        Graph other = model.with(torchvision).inference();
        assertThat(other.output("logits").reduction()).isEqualTo(32);
        assertThat(other.parameters())
                .extracting(ParameterSpec::name)
                .contains("backbone.body.conv1.weight", "backbone.fpn.layer_blocks.3.0.weight");
        assertThat(model.withClasses(5)
                        .with(FOLDED)
                        .with(backbones.get("resnet34"))
                        .neck())
                .isEqualTo(model.neck());
    }

    @Test
    void aDenseDetectorHasItsAnchorsOnTheNecksLevels() {
        Model model = necked(Map.of("", HeadPart.of(heads.get("ssdlite"), 3)));
        DenseDetector detector = (DenseDetector) model.detector();
        assertThat(detector.grids(Size.of(128)).subList(0, 2)).containsExactly(Size.of(4), Size.of(2));
    }

    @Test
    void aClassifierStandsBesideANeck() {
        Map<String, HeadPart> parts = new LinkedHashMap<>();
        parts.put("cls", HeadPart.of(heads.get("classifier"), 4));
        parts.put("det", HeadPart.of(heads.get("faster_rcnn"), 3));
        Graph graph = necked(parts).inference();
        assertThat(graph.output("cls.features").shape()).isEqualTo(Shape.of(Shape.ANY, 512));
        assertThat(graph.output("det.proposals").shape().c()).isEqualTo(5);
        assertThat(graph.parameters())
                .extracting(ParameterSpec::name)
                .contains("cls.fc.weight", "det.rpn_head.rpn_conv.weight", "neck.lateral_convs.0.conv.weight");
        assertThat(necked(parts).assembleForTraining().output("det", "truths").name())
                .isEqualTo("det.truths");
    }

    @Test
    void refusesANeckThatIsOfNoUse() {
        assertThatThrownBy(() -> necked(Map.of("", HeadPart.of(heads.get("classifier"), 3))))
                .isInstanceOf(GraphException.class)
                .hasMessage("neck: is used by no head; classifier stands on the backbone itself");
        assertThatThrownBy(() -> necked(
                        Map.of("", new HeadPart(heads.get("fcn"), 3, Optional.of(new Auxiliary(7, null, null, null))))))
                .isInstanceOf(GraphException.class)
                .hasMessage("level: is 7, resnet18 has 5 levels: -5 to 4");
    }
}
