package io.vertebra.tasks.detection;

import io.vertebra.datasets.Batch;
import io.vertebra.datasets.TargetEncoder;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.BoxSmoothL1;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.HardNegativeCrossEntropy;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.SigmoidFocal;
import io.vertebra.graph.region.SsdMatcher;
import io.vertebra.heads.Assembly;
import io.vertebra.heads.DenseDetector;
import io.vertebra.tasks.Setting;
import io.vertebra.tasks.config.LossTerm;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Dense detectors: targets are {@code anchor_labels} I32 (N, A) and {@code box_targets} F32 (N, A, 4), matched as SSD does; the
 * losses compare {@code class_logits} (N, A, K) and {@code box_encodings} (N, A, 4) with them.
 *
 * @param setting of the head
 * @param detector of the head
 */
record DenseLearning(Setting setting, DenseDetector detector) implements Learning {
    private static final List<Class<? extends LossTerm>> CLASS_TERMS =
            List.of(LossTerm.HardNegatives.class, LossTerm.Focal.class);

    static final List<Class<? extends LossTerm>> TERMS =
            List.of(LossTerm.HardNegatives.class, LossTerm.Focal.class, LossTerm.SmoothL1.class);

    /** The overlap from which on an anchor stands for an object: SSD, arXiv:1512.02325, section 2.2. */
    private static final double MATCH = 0.5;

    /** Anchors are where they are, padding or not. */
    @Override
    public Map<String, Tensor> inputs(Batch batch) {
        return Map.of();
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
        LossTerm.SmoothL1 term = setting.loss().term(LossTerm.SmoothL1.class, new LossTerm.SmoothL1(1.0, 1.0));
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
}
