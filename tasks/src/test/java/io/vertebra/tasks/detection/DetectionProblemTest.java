package io.vertebra.tasks.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.datasets.Batch;
import io.vertebra.datasets.Palette;
import io.vertebra.datasets.Sample;
import io.vertebra.datasets.TargetEncoder;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.BoxSmoothL1;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.HardNegativeCrossEntropy;
import io.vertebra.graph.op.SigmoidFocal;
import io.vertebra.graph.op.Size;
import io.vertebra.graph.op.WeightedSum;
import io.vertebra.heads.Model;
import io.vertebra.images.Box;
import io.vertebra.images.Interpolation;
import io.vertebra.tasks.Blobs;
import io.vertebra.tasks.Forward;
import io.vertebra.tasks.Scenes;
import io.vertebra.tasks.Settings;
import io.vertebra.tasks.config.EvaluateConfig;
import io.vertebra.tasks.config.LossConfig;
import io.vertebra.tasks.config.LossTerm;
import io.vertebra.tasks.training.TrainingGraphs;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DetectionProblemTest {
    private static final List<String> NAMES = List.of("cat", "dog");
    private static final Model MODEL = Settings.model(Settings.part("ssdlite", 3));
    private static final float[] ANCHORS = MODEL.detector().anchors(new Size(64, 64));
    private static final int COUNT = ANCHORS.length / 4;

    private static DetectionProblem problem(LossConfig loss, EvaluateConfig.Protocol protocol, Double show) {
        EvaluateConfig evaluate =
                new EvaluateConfig(null, null, null, null, null, null, null, null, null, null, null, protocol, show);
        return new DetectionProblem(Settings.of(MODEL, NAMES, loss, evaluate));
    }

    private static final DetectionProblem PROBLEM = problem(LossConfig.defaults(), null, null);

    @Test
    void theTaskOpensTheProblemForObjects() {
        DetectionTask task = new DetectionTask();
        assertThat(task.name()).isEqualTo("detection").isEqualTo(MODEL.task());
        assertThat(task.classNames(Scenes.of(NAMES, 8, 8, List.of()))).isEqualTo(NAMES);
        assertThat(task.outputs(2)).isEqualTo(3);
        assertThat(task.palette(new Blobs(3, 8, 1))).isEqualTo(Palette.STANDARD);
        assertThat(task.open(Settings.of(MODEL, NAMES))).isInstanceOf(DetectionProblem.class);
        assertThat(PROBLEM.outputs()).containsExactly("class_logits", "box_encodings");
        assertThat(PROBLEM.metrics()).startsWith("AP", "AP50").hasSize(7).allMatch(PROBLEM::isHigherBetter);
        for (EvaluateConfig.Protocol voc : List.of(EvaluateConfig.Protocol.VOC07, EvaluateConfig.Protocol.VOC10)) {
            assertThat(problem(LossConfig.defaults(), voc, null).metrics()).containsExactly("mAP");
        }
    }

    @Test
    void theUsualLossIsSsds() {
        Graph graph = TrainingGraphs.of(MODEL, PROBLEM);
        assertThat(graph.outputs()).containsOnlyKeys("loss.class", "loss.box", "class_logits", "box_encodings", "loss");
        assertThat(graph.inputs())
                .extracting(Node::name)
                .containsExactlyInAnyOrder("input", "anchor_labels", "box_targets");
        Node classes = graph.output("loss.class");
        assertThat(classes.op()).isEqualTo(new HardNegativeCrossEntropy(3.0, 0));
        assertThat(classes.inputs().get(0)).isEqualTo(graph.output("class_logits"));
        assertThat(classes.inputs().get(1).name()).isEqualTo("anchor_labels");
        Node boxes = graph.output("loss.box");
        assertThat(boxes.op()).isEqualTo(new BoxSmoothL1(1.0));
        assertThat(boxes.inputs().get(0)).isEqualTo(graph.output("box_encodings"));
        assertThat(boxes.inputs()).extracting(Node::name).endsWith("box_targets", "anchor_labels");
        Node loss = graph.output("loss");
        assertThat(loss.op()).isEqualTo(new WeightedSum(List.of(1.0, 1.0)));
        assertThat(loss.inputs()).containsExactly(classes, boxes);
    }

    @Test
    void termsAreTakenFromTheConfig() {
        LossConfig config = Settings.terms(
                new LossTerm.Focal(2.0, 0.5, 1.5), new LossTerm.SmoothL1(3.0, 0.5), new LossTerm.Dice(1.0, 1.0));
        Graph graph = TrainingGraphs.of(MODEL, problem(config, null, null));
        assertThat(graph.output("loss.class").op()).isEqualTo(new SigmoidFocal(0.5, 1.5, false));
        assertThat(graph.output("loss.box").op()).isEqualTo(new BoxSmoothL1(0.5));
        assertThat(graph.output("loss").op()).isEqualTo(new WeightedSum(List.of(2.0, 3.0)));
    }

    @Test
    void twoTermsOfClassesAreShownAsTheirSum() {
        LossConfig config = Settings.terms(new LossTerm.Focal(2.0, 0.5, 1.5), new LossTerm.HardNegatives(0.5, 4.0, 2));
        Graph graph = TrainingGraphs.of(MODEL, problem(config, null, null));
        assertThat(graph.output("loss.class").op()).isEqualTo(new WeightedSum(List.of(2.0, 0.5)));
        Node loss = graph.output("loss");
        assertThat(loss.op()).isEqualTo(new WeightedSum(List.of(2.0, 0.5, 1.0)));
        assertThat(loss.inputs().get(1).op()).isEqualTo(new HardNegativeCrossEntropy(4.0, 2));
    }

    /** Detectors with sigmoid scores have no background to mine. */
    @Test
    void sigmoidHeadsUseFocalLoss() {
        Model sigmoid = Settings.model(Settings.part("ssd", 3));
        Graph graph = TrainingGraphs.of(sigmoid, new DetectionProblem(Settings.of(sigmoid, NAMES)));
        assertThat(graph.output("loss.class").op()).isEqualTo(new SigmoidFocal(0.25, 2.0, false));
    }

    /** A network that is sure of an anchor: class and shift of its box. */
    private static Forward network(int rows, Map<Integer, float[]> sure) {
        float[] logits = new float[rows * COUNT * 3];
        float[] encodings = new float[rows * COUNT * 4];
        for (int i = 0; i < rows * COUNT; i++) {
            logits[3 * i] = 20;
        }
        sure.forEach((anchor, answer) -> {
            logits[3 * anchor + (int) answer[0]] = 20 + answer[1];
            encodings[4 * anchor] = answer.length > 2 ? answer[2] : 0;
        });
        return pictures -> new Outputs(Map.of(
                "class_logits",
                Tensor.of(logits, rows, COUNT, 3),
                "box_encodings",
                Tensor.of(encodings, rows, COUNT, 4)));
    }

    private static int inner() {
        for (int a = 0; a < COUNT; a++) {
            if (ANCHORS[4 * a] >= 8 && ANCHORS[4 * a + 1] >= 8 && ANCHORS[4 * a + 2] < 40 && ANCHORS[4 * a + 3] < 24) {
                return a;
            }
        }
        throw new AssertionError("no such anchor");
    }

    private static Batch batch(Sample... samples) {
        Batch batch = new Batch(samples.length, 64, 64, 2, false);
        for (int i = 0; i < samples.length; i++) {
            batch.describe(i, samples[i], i, TargetEncoder.NONE);
        }
        batch.fill(0, 0, samples.length);
        return batch;
    }

    private static DetectionPrediction predicted(Batch batch, Forward network) {
        return (DetectionPrediction) PROBLEM.predict(batch, network, 1).get(0);
    }

    private static void assertClose(Box box, double x1, double y1, double x2, double y2) {
        assertThat(new double[] {box.x1(), box.y1(), box.x2(), box.y2()})
                .containsExactly(new double[] {x1, y1, x2, y2}, within(0.01));
    }

    @Test
    void boxesComeBackInThePhotosCoordinates() {
        int a = inner();
        double x1 = ANCHORS[4 * a];
        double y1 = ANCHORS[4 * a + 1];
        double x2 = ANCHORS[4 * a + 2];
        double y2 = ANCHORS[4 * a + 3];
        Forward network = network(1, Map.of(a, new float[] {2, 5}));

        Sample squeezed = new Sample("s", Scenes.black(32, 640), 0).resized(64, 64, Interpolation.BILINEAR);
        DetectionPrediction prediction = predicted(batch(squeezed), network);
        assertThat(prediction.found()).hasSize(1);
        Found found = prediction.found().get(0);
        assertThat(found.label()).isEqualTo(1);
        assertThat(found.score()).isBetween(0.98, 0.999);
        assertClose(found.box(), 10 * x1, y1 / 2, 10 * x2, y2 / 2);

        Sample padded = new Sample("s", Scenes.black(24, 64), 0); // the batch is 64 x 64
        assertClose(predicted(batch(padded), network).found().get(0).box(), x1, y1, x2, y2);

        Sample mirrored = squeezed.flipped();
        assertClose(
                predicted(batch(mirrored), network).found().get(0).box(),
                10 * (64 - x2),
                y1 / 2,
                10 * (64 - x1),
                y2 / 2);
    }

    @Test
    void whatLiesInThePaddingIsNotFound() {
        Forward network = network(1, Map.of(inner(), new float[] {2, 5}));
        Sample small = new Sample("s", Scenes.black(4, 4), 0);
        assertThat(predicted(batch(small), network).found()).isEmpty();
        assertThat(predicted(batch(small), network).summary()).isEqualTo("nothing");
    }

    @Test
    void unsureObjectsAreMeasuredButNotShown() {
        Batch batch = batch(new Sample("s", Scenes.black(64, 64), 0));
        Forward network = network(1, Map.of(inner(), new float[] {1, -2}));
        assertThat(predicted(batch, network).found()).isEmpty();
        assertThat(problem(LossConfig.defaults(), null, 0.05)
                        .predict(batch, network, 1)
                        .get(0)
                        .summary())
                .startsWith("cat 0.1");
        DetectionScores scores = (DetectionScores) PROBLEM.scores(Scenes.of(NAMES, 64, 64, List.of(List.of())));
        scores.measure(batch, network);
        assertThat(scores.predictions()).hasSizeGreaterThanOrEqualTo(1);
        assertThat(scores.predictions().get(0)).containsEntry("category_id", 1);
    }

    @Test
    void rowsAreAnsweredInOrderWithoutPadding() {
        Sample photo = new Sample("s", Scenes.black(64, 64), 0);
        Batch batch = batch(photo, photo, photo);
        batch.fill(0, 0, 2);
        int a = inner();
        Forward network = network(3, Map.of(a, new float[] {1, 5}, COUNT + a, new float[] {2, 5}));
        assertThat(PROBLEM.predict(batch, network, 1))
                .extracting(p -> p.summary().substring(0, 3))
                .containsExactly("cat", "dog");
    }

    @Test
    void theSmallestAndTheLongestPhotoAreAnswered() {
        Forward network = network(1, Map.of(inner(), new float[] {1, 5}));
        Sample pixel = new Sample("s", Scenes.black(1, 1), 0).resized(64, 64, Interpolation.BILINEAR);
        Box box = predicted(batch(pixel), network).found().get(0).box();
        assertThat(box.x2()).isLessThanOrEqualTo(1);
        assertThat(box.area()).isGreaterThan(0);
        Sample line = new Sample("s", Scenes.black(1, 20_000), 0).resized(64, 64, Interpolation.BILINEAR);
        Box wide = predicted(batch(line), network).found().get(0).box();
        assertThat(wide.x2()).isEqualTo(ANCHORS[4 * inner() + 2] * 312.5f, within(1f));
    }

    @Test
    void aDivergedNetworkIsNamed() {
        Batch batch = batch(new Sample("s", Scenes.black(64, 64), 0));
        Forward noClass = network(1, Map.of(2, new float[] {1, Float.NaN}));
        assertThatThrownBy(() -> predicted(batch, noClass))
                .isInstanceOf(GraphException.class)
                .hasMessage("class_logits: has NaN at place 7; the network has diverged");
        Forward noBox = network(1, Map.of(3, new float[] {1, 0, Float.NEGATIVE_INFINITY}));
        assertThatThrownBy(() -> predicted(batch, noBox))
                .isInstanceOf(GraphException.class)
                .hasMessage("box_encodings: has -Infinity at place 12; the network has diverged");
        Forward far = network(1, Map.of(3, new float[] {1, 0, 3e38f}));
        assertThatThrownBy(() -> predicted(batch, far)).isInstanceOf(GraphException.class);
    }
}
