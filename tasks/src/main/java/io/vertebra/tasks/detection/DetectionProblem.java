package io.vertebra.tasks.detection;

import io.vertebra.datasets.Batch;
import io.vertebra.datasets.Dataset;
import io.vertebra.datasets.Placement;
import io.vertebra.datasets.TargetEncoder;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.BoxSmoothL1;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.HardNegativeCrossEntropy;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.SigmoidFocal;
import io.vertebra.graph.op.Size;
import io.vertebra.graph.region.SsdMatcher;
import io.vertebra.heads.Assembly;
import io.vertebra.heads.DenseDetector;
import io.vertebra.heads.Detections;
import io.vertebra.images.Box;
import io.vertebra.tasks.Forward;
import io.vertebra.tasks.Prediction;
import io.vertebra.tasks.Problem;
import io.vertebra.tasks.Scores;
import io.vertebra.tasks.Setting;
import io.vertebra.tasks.config.EvaluateConfig;
import io.vertebra.tasks.config.LossTerm;
import java.util.ArrayList;
import java.util.List;

/**
 * Detection by one dense head: reads {@code class_logits} (N, A, K) and {@code box_encodings} (N, A, 4); targets are {@code
 * anchor_labels} I32 (N, A) and {@code box_targets} F32 (N, A, 4), matched as SSD does.
 */
public final class DetectionProblem implements Problem {
    /** The overlap from which on an anchor stands for an object: SSD, arXiv:1512.02325, section 2.2. */
    private static final double MATCH = 0.5;

    static final List<Class<? extends LossTerm>> CLASS_TERMS =
            List.of(LossTerm.HardNegatives.class, LossTerm.Focal.class);
    static final List<Class<? extends LossTerm>> BOX_TERMS = List.of(LossTerm.SmoothL1.class);

    private final Setting setting;
    private final DenseDetector detector;

    /** The problem of the setting's head. */
    public DetectionProblem(Setting setting) {
        this.setting = setting;
        this.detector = (DenseDetector) setting.model().detector(setting.key());
    }

    @Override
    public List<String> metrics() {
        return setting.evaluate().protocol() == EvaluateConfig.Protocol.COCO
                ? DetectionScores.COCO_METRICS
                : DetectionScores.VOC_METRICS;
    }

    @Override
    public boolean isHigherBetter(String metric) {
        return true;
    }

    @Override
    public List<String> outputs() {
        return List.of(setting.in("class_logits"), setting.in("box_encodings"));
    }

    @Override
    public TargetEncoder targets() {
        return new AnchorTargets(
                setting.in("anchor_labels"), setting.in("box_targets"), detector, new SsdMatcher(MATCH));
    }

    @Override
    public Node loss(Assembly assembly) {
        GraphBuilder g = assembly.builder();
        Node labels = g.input(setting.in("anchor_labels"), DataType.I32, Shape.of(Shape.ANY, Shape.ANY));
        Node boxes = g.input(setting.in("box_targets"), DataType.F32, Shape.of(Shape.ANY, Shape.ANY, 4));
        Node logits = assembly.output(setting.key(), "class_logits");
        Node encodings = assembly.output(setting.key(), "box_encodings");
        List<Node> parts = new ArrayList<>();
        List<Double> weights = new ArrayList<>();
        for (LossTerm term : setting.loss().terms(CLASS_TERMS, List.of(usual()))) {
            parts.add(classLoss(term, logits, labels, g));
            weights.add(term.weight());
        }
        g.output(setting.in("loss.class"), parts.size() == 1 ? parts.get(0) : g.weightedSum(parts, weights));
        LossTerm.SmoothL1 term = (LossTerm.SmoothL1) setting.loss()
                .terms(BOX_TERMS, List.of(new LossTerm.SmoothL1(1.0, 1.0)))
                .get(0);
        Node box = g.apply(new BoxSmoothL1(term.beta()), encodings, boxes, labels);
        g.output(setting.in("loss.box"), box);
        parts.add(box);
        weights.add(term.weight());
        return g.weightedSum(parts, weights);
    }

    private LossTerm usual() {
        return detector.scores() == DenseDetector.Scores.SOFTMAX
                ? new LossTerm.HardNegatives(1.0, 3.0, 0)
                : new LossTerm.Focal(1.0, 0.25, 2.0);
    }

    private static Node classLoss(LossTerm term, Node logits, Node labels, GraphBuilder g) {
        if (term instanceof LossTerm.Focal focal) {
            return g.apply(new SigmoidFocal(focal.alpha(), focal.gamma(), false), logits, labels);
        }
        LossTerm.HardNegatives hard = (LossTerm.HardNegatives) term;
        return g.apply(new HardNegativeCrossEntropy(hard.ratio(), hard.minNegatives()), logits, labels);
    }

    @Override
    public Scores scores(Dataset data) {
        return new DetectionScores(setting.own(), data, setting.evaluate().protocol(), this::found);
    }

    @Override
    public List<Prediction> predict(Batch batch, Forward network, int top) {
        double least = setting.evaluate().showScore();
        return found(batch, network).stream()
                .<Prediction>map(all -> new DetectionPrediction(
                        all.stream().filter(f -> f.score() >= least).toList(), setting.own()))
                .toList();
    }

    /** What was found in the valid rows, best first, in the coordinates of the photos. */
    private List<List<Found>> found(Batch batch, Forward network) {
        Outputs outputs = network.run(Problem.given(batch));
        Tensor.Floats logits = Problem.numbers(outputs, setting.in("class_logits"));
        float[] encodings =
                Problem.numbers(outputs, setting.in("box_encodings")).data();
        Size picture = new Size(batch.height(), batch.width());
        List<List<Found>> all = new ArrayList<>();
        for (int row = 0; row < batch.valid(); row++) {
            Detections detections = detector.decode(
                    logits.data(), encodings, row, logits.shape().get(2), picture);
            all.add(original(detections, batch.placement(row)));
        }
        return all;
    }

    private static List<Found> original(Detections detections, Placement placement) {
        List<Found> found = new ArrayList<>();
        for (int i = 0; i < detections.count(); i++) {
            float[] b = detections.boxes();
            Box box = placement.toOriginal(new Box(b[4 * i], b[4 * i + 1], b[4 * i + 2], b[4 * i + 3]));
            if (box.area() > 0) {
                found.add(new Found(detections.classes()[i] - 1, detections.scores()[i], box));
            }
        }
        return found;
    }
}
