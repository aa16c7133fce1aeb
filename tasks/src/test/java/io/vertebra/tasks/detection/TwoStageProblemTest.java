package io.vertebra.tasks.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.datasets.Batch;
import io.vertebra.datasets.Sample;
import io.vertebra.datasets.TargetEncoder;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.AnchorAverage;
import io.vertebra.graph.op.BoxSmoothL1;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.RegionSmoothL1;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.SigmoidFocal;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import io.vertebra.graph.op.WeightedSum;
import io.vertebra.heads.Model;
import io.vertebra.images.Box;
import io.vertebra.images.Interpolation;
import io.vertebra.tasks.Forward;
import io.vertebra.tasks.Scenes;
import io.vertebra.tasks.Settings;
import io.vertebra.tasks.TwoStages;
import io.vertebra.tasks.config.LossConfig;
import io.vertebra.tasks.config.LossTerm;
import io.vertebra.tasks.training.TrainingGraphs;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TwoStageProblemTest {
    private static final List<String> NAMES = List.of("cat", "dog");
    private static final int CLASSES = 3;
    private static final Model MODEL = TwoStages.model(CLASSES);

    private static DetectionProblem problem(LossConfig loss) {
        return new DetectionProblem(
                Settings.of(MODEL, NAMES, loss, io.vertebra.tasks.config.EvaluateConfig.defaults()));
    }

    private static final DetectionProblem PROBLEM = problem(LossConfig.defaults());

    @Test
    void theUsualLossIsTorchvisions() {
        Graph graph = TrainingGraphs.of(MODEL, PROBLEM);
        assertThat(PROBLEM.outputs()).containsExactly("proposals", "roi.class_logits", "roi.box_encodings");
        assertThat(graph.outputs())
                .containsOnlyKeys(
                        "loss.rpn_class",
                        "loss.rpn_box",
                        "loss.class",
                        "loss.box",
                        "loss",
                        "proposals",
                        "roi.class_logits",
                        "roi.box_encodings");
        assertThat(graph.inputs())
                .extracting(Node::name)
                .containsExactlyInAnyOrder("input", "sizes", "rpn_labels", "rpn_targets", "truths", "truth_labels");
        Node rpnClass = graph.output("loss.rpn_class");
        assertThat(rpnClass.op()).isEqualTo(new SigmoidFocal(-1, 0, false, AnchorAverage.VALID));
        assertThat(rpnClass.inputs().get(0).shape()).isEqualTo(Shape.of(Shape.ANY, Shape.ANY, 1));
        assertThat(rpnClass.inputs().get(1).name()).isEqualTo("rpn_labels");
        Node rpnBox = graph.output("loss.rpn_box");
        assertThat(rpnBox.op()).isEqualTo(new BoxSmoothL1(1.0 / 9, AnchorAverage.VALID));
        assertThat(rpnBox.inputs().get(0).shape()).isEqualTo(Shape.of(Shape.ANY, Shape.ANY, 4));
        assertThat(rpnBox.inputs()).extracting(Node::name).endsWith("rpn_targets", "rpn_labels");
        Node classes = graph.output("loss.class");
        assertThat(classes.op()).isEqualTo(new SoftmaxCrossEntropy(0, -1));
        assertThat(classes.inputs().get(0).scope())
                .isEqualTo(graph.output("roi.class_logits").scope());
        assertThat(classes.inputs().get(0)).isNotEqualTo(graph.output("roi.class_logits"));
        Node boxes = graph.output("loss.box");
        assertThat(boxes.op()).isEqualTo(new RegionSmoothL1(1.0 / 9));
        assertThat(boxes.inputs().get(0).scope())
                .isEqualTo(graph.output("roi.box_encodings").scope());
        assertThat(boxes.inputs().get(1).op().kind()).isEqualTo("region_targets");
        assertThat(boxes.inputs().get(2)).isEqualTo(classes.inputs().get(1));
        assertThat(boxes.inputs().get(2).op().kind()).isEqualTo("region_labels");
        Node loss = graph.output("loss");
        assertThat(loss.op()).isEqualTo(new WeightedSum(List.of(1.0, 1.0, 1.0, 1.0)));
        assertThat(loss.inputs()).containsExactly(rpnClass, rpnBox, classes, boxes);
    }

    @Test
    void termsAreTakenFromTheConfig() {
        LossConfig config = Settings.terms(
                new LossTerm.SmoothL1(2.0, 0.5),
                new LossTerm.CrossEntropy(3.0),
                new LossTerm.RpnSmoothL1(4.0, 0.25),
                new LossTerm.RpnCrossEntropy(5.0));
        Graph graph = TrainingGraphs.of(MODEL, problem(config));
        assertThat(graph.output("loss.box").op()).isEqualTo(new RegionSmoothL1(0.5));
        assertThat(graph.output("loss.rpn_box").op()).isEqualTo(new BoxSmoothL1(0.25, AnchorAverage.VALID));
        assertThat(graph.output("loss").op()).isEqualTo(new WeightedSum(List.of(5.0, 4.0, 3.0, 2.0)));
    }

    @Test
    void eachKindOfHeadHasTermsOfItsOwn() {
        DetectionTask task = new DetectionTask();
        assertThat(task.lossTerms(TwoStages.head()))
                .containsExactlyInAnyOrder(
                        LossTerm.RpnCrossEntropy.class,
                        LossTerm.RpnSmoothL1.class,
                        LossTerm.CrossEntropy.class,
                        LossTerm.SmoothL1.class);
        assertThat(task.lossTerms(Settings.part("ssd", 3).head()))
                .containsExactlyInAnyOrder(LossTerm.HardNegatives.class, LossTerm.Focal.class, LossTerm.SmoothL1.class);
        assertThat(PROBLEM.isHigherBetter("AP")).isTrue();
    }

    private static Batch batch(int valid, Sample... samples) {
        Batch batch = new Batch(samples.length, 64, 96, 2, false);
        for (int i = 0; i < valid; i++) {
            batch.describe(i, samples[i], i, TargetEncoder.NONE);
        }
        for (int i = valid; i < samples.length; i++) {
            batch.pad(i, valid - 1);
        }
        batch.fill(0, 0, valid);
        return batch;
    }

    private static Sample photo(int height, int width) {
        return new Sample("s", Scenes.black(height, width), 0);
    }

    @Test
    void theNetworkIsToldTheSizesOfPictures() {
        Batch batch = batch(2, photo(40, 50), photo(64, 33), photo(1, 1));
        Map<String, Tensor> inputs = PROBLEM.inputs(batch);
        assertThat(inputs).containsOnlyKeys("input", "sizes");
        Tensor.Floats sizes = (Tensor.Floats) inputs.get("sizes");
        assertThat(sizes.shape()).isEqualTo(Shape.of(3, 2));
        assertThat(sizes.data()).containsExactly(40, 50, 64, 33, 64, 96); // padding is seen whole
        assertThat(((Tensor.Floats) inputs.get("input")).data()).isSameAs(batch.input());
    }

    /** A network that is sure of regions: picture, x1, y1, x2, y2, class. */
    private static Forward network(List<Map<String, Tensor>> asked, float[]... regions) {
        float[] proposals = new float[5 * (regions.length + 1)]; // and one without area
        float[] logits = new float[CLASSES * (regions.length + 1)];
        for (int i = 0; i < regions.length; i++) {
            System.arraycopy(regions[i], 0, proposals, 5 * i, 5);
            logits[CLASSES * i + (int) regions[i][5]] = 8;
        }
        logits[CLASSES * regions.length + 1] = 9;
        int count = regions.length + 1;
        return inputs -> {
            asked.add(inputs);
            return new Outputs(Map.of(
                    "proposals",
                    Tensor.of(proposals, count, 5),
                    "roi.class_logits",
                    Tensor.of(logits, count, CLASSES),
                    "roi.box_encodings",
                    Tensor.of(new float[4 * CLASSES * count], count, 4 * CLASSES)));
        };
    }

    private static List<Found> found(DetectionProblem problem, Batch batch, Forward network, int row) {
        return ((DetectionPrediction) problem.predict(batch, network, 1).get(row)).found();
    }

    private static void assertClose(Box box, double x1, double y1, double x2, double y2) {
        assertThat(new double[] {box.x1(), box.y1(), box.x2(), box.y2()})
                .containsExactly(new double[] {x1, y1, x2, y2}, within(0.01));
    }

    /** Boxes are cut off at the picture, not at the padding, and go back to the photo. */
    @Test
    void boxesComeBackInThePhotosCoordinates() {
        Sample halved = photo(80, 100).resized(40, 50, Interpolation.BILINEAR);
        Batch batch = batch(2, halved, photo(64, 96).flipped(), photo(64, 96));
        List<Map<String, Tensor>> asked = new ArrayList<>();
        Forward network = network(
                asked,
                new float[] {0, 30, 20, 60, 60, 2},
                new float[] {1, 10, 12, 30, 40, 1},
                new float[] {0, 3, 4, 11, 14, 0},
                new float[] {2, 3, 4, 11, 14, 1});
        List<Found> first = found(PROBLEM, batch, network, 0);
        assertThat(asked.get(0)).containsOnlyKeys("input", "sizes");
        assertThat(first).hasSize(1);
        assertThat(first.get(0).label()).isEqualTo(1);
        assertThat(first.get(0).score()).isBetween(0.99, 0.9999);
        assertClose(first.get(0).box(), 60, 40, 100, 80);
        List<Found> second = found(PROBLEM, batch, network, 1);
        assertThat(second).hasSize(1);
        assertThat(second.get(0).label()).isZero();
        assertClose(second.get(0).box(), 96 - 30, 12, 96 - 10, 40);
        assertThat(PROBLEM.predict(batch, network, 1)).hasSize(2);
    }

    @Test
    void aDivergedNetworkIsNamed() {
        Batch batch = batch(1, photo(64, 96));
        Forward network = network(new ArrayList<>(), new float[] {0, 3, 4, 11, 14, 1});
        for (String output : PROBLEM.outputs()) {
            Forward broken = inputs -> {
                Outputs outputs = network.run(inputs);
                Tensor.Floats whole = outputs.get(output);
                float[] data = whole.data().clone();
                data[2] = Float.NaN;
                Map<String, Tensor.Floats> all = new java.util.HashMap<>();
                outputs.names().forEach(name -> all.put(name, outputs.get(name)));
                all.put(output, new Tensor.Floats(whole.shape(), data));
                return new Outputs(all);
            };
            assertThatThrownBy(() -> PROBLEM.predict(batch, broken, 1))
                    .isInstanceOf(GraphException.class)
                    .hasMessage(output + ": has NaN at place 2; the network has diverged");
        }
    }

    @Test
    void everyInputOfTheGraphIsFed() {
        TargetEncoder targets = PROBLEM.targets();
        Batch batch = new Batch(1, 64, 96, 2, false);
        io.vertebra.images.Size size = new io.vertebra.images.Size(64, 96);
        batch.reshape(size, targets.targets(size));
        batch.describe(0, photo(64, 90), 0, targets);
        batch.fill(0, 0, 1);
        Map<String, Tensor> fed = PROBLEM.feed(batch);
        Graph graph = TrainingGraphs.of(MODEL, PROBLEM);
        assertThat(fed.keySet())
                .containsExactlyInAnyOrderElementsOf(
                        graph.inputs().stream().map(Node::name).toList());
        new io.vertebra.graph.engine.Batch(fed).requireFits(graph);
        assertThat(graph.shapes(new io.vertebra.graph.engine.Batch(fed).shapes()))
                .isNotEmpty();
        assertThat(((Tensor.Floats) fed.get("sizes")).data()).containsExactly(64, 90);
    }
}
