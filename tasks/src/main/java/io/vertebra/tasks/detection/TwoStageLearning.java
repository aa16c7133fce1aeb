package io.vertebra.tasks.detection;

import io.vertebra.datasets.Batch;
import io.vertebra.datasets.TargetEncoder;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.AnchorAverage;
import io.vertebra.graph.op.BoxSmoothL1;
import io.vertebra.graph.op.HardNegativeCrossEntropy;
import io.vertebra.graph.op.Input;
import io.vertebra.graph.op.RegionSmoothL1;
import io.vertebra.graph.op.SigmoidFocal;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import io.vertebra.heads.Assembly;
import io.vertebra.heads.TwoStageDetector;
import io.vertebra.images.Size;
import io.vertebra.tasks.Setting;
import io.vertebra.tasks.config.LossTerm;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Two-stage detectors. The loader matches and draws anchors, {@code rpn_labels} I32 (N, A) and {@code rpn_targets} F32
 * (N, A, 4), and hands on the objects, {@code truths} F32 (N, M, 4) and {@code truth_labels} I32 (N, M), from which the graph
 * draws regions. Losses: Ren et al., arXiv:1506.01497, equation 1, averaged as torchvision does.
 *
 * @param setting of the head
 * @param detector of the head
 */
record TwoStageLearning(Setting setting, TwoStageDetector detector) implements Learning {
    private static final double BETA = 1.0 / 9;

    static final List<Class<? extends LossTerm>> TERMS = List.of(
            LossTerm.RpnCrossEntropy.class,
            LossTerm.RpnSmoothL1.class,
            LossTerm.CrossEntropy.class,
            LossTerm.SmoothL1.class);

    /** Binary cross entropy of the anchors that were drawn. */
    private static final SigmoidFocal OBJECTNESS = new SigmoidFocal(-1, 0, false, AnchorAverage.VALID);

    /** Of the regions that were drawn. */
    private static final SoftmaxCrossEntropy CLASSES = new SoftmaxCrossEntropy(0, HardNegativeCrossEntropy.IGNORE);

    /** The sizes of the pictures without padding; one input for all heads. */
    @Override
    public Map<String, Tensor> inputs(Batch batch) {
        float[] sizes = new float[2 * batch.size()];
        for (int row = 0; row < batch.size(); row++) {
            Size size = row < batch.valid() ? batch.pictureSize(row) : new Size(batch.height(), batch.width());
            sizes[2 * row] = size.height();
            sizes[2 * row + 1] = size.width();
        }
        return Map.of(Input.SIZES, Tensor.of(sizes, batch.size(), 2));
    }

    @Override
    public TargetEncoder targets() {
        return new TwoStageTargets(setting, detector);
    }

    @Override
    public Node loss(Assembly assembly) {
        GraphBuilder g = assembly.builder();
        LossTerm.RpnCrossEntropy rpnClass =
                setting.loss().term(LossTerm.RpnCrossEntropy.class, new LossTerm.RpnCrossEntropy(1.0));
        LossTerm.RpnSmoothL1 rpnBox =
                setting.loss().term(LossTerm.RpnSmoothL1.class, new LossTerm.RpnSmoothL1(1.0, BETA));
        LossTerm.CrossEntropy ofClass =
                setting.loss().term(LossTerm.CrossEntropy.class, new LossTerm.CrossEntropy(1.0));
        LossTerm.SmoothL1 ofBox = setting.loss().term(LossTerm.SmoothL1.class, new LossTerm.SmoothL1(1.0, BETA));

        Function<String, Node> node = name -> assembly.output(setting.key(), name);
        Node anchors = node.apply("rpn_labels");
        Node labels = node.apply("sample.labels");
        Map<String, Node> losses = new LinkedHashMap<>();
        losses.put("rpn_class", g.apply(OBJECTNESS, node.apply("rpn.class_logits"), anchors));
        losses.put(
                "rpn_box",
                g.apply(
                        new BoxSmoothL1(rpnBox.beta(), AnchorAverage.VALID),
                        node.apply("rpn.box_encodings"),
                        node.apply("rpn_targets"),
                        anchors));
        losses.put("class", g.softmaxCrossEntropy(node.apply("sample.class_logits"), labels, CLASSES));
        losses.put(
                "box",
                g.apply(
                        new RegionSmoothL1(ofBox.beta()),
                        node.apply("sample.box_encodings"),
                        node.apply("sample.targets"),
                        labels));
        losses.forEach((name, loss) -> g.output(setting.in("loss." + name), loss));
        return g.weightedSum(
                List.copyOf(losses.values()),
                List.of(rpnClass.weight(), rpnBox.weight(), ofClass.weight(), ofBox.weight()));
    }
}
