package io.vertebra.heads.detection;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.AnchorAverage;
import io.vertebra.graph.op.BoxSmoothL1;
import io.vertebra.graph.op.RegionSmoothL1;
import io.vertebra.graph.op.SigmoidFocal;
import io.vertebra.graph.op.Size;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import io.vertebra.graph.region.Overlap;
import io.vertebra.heads.Assembly;
import io.vertebra.heads.Model;
import io.vertebra.heads.TwoStageDetector;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The losses of a two-stage detector, and what its graph for training is given. */
final class TwoStageTraining {
    private static final double BETA = 1.0 / 9;

    private TwoStageTraining() {}

    /** Outputs {@code loss} and its parts. */
    static Graph graph(Model model) {
        Assembly assembly = model.assembleForTraining();
        GraphBuilder g = assembly.builder();
        Map<String, Node> losses = new HashMap<>();
        Node labels = assembly.output("rpn_labels");
        losses.put(
                "loss.rpn_class",
                g.apply(
                        new SigmoidFocal(-1, 0, false, AnchorAverage.VALID),
                        assembly.output("rpn.class_logits"),
                        labels));
        losses.put(
                "loss.rpn_box",
                g.apply(
                        new BoxSmoothL1(BETA, AnchorAverage.VALID),
                        assembly.output("rpn.box_encodings"),
                        assembly.output("rpn_targets"),
                        labels));
        Node classes = assembly.output("sample.labels");
        losses.put(
                "loss.class",
                g.softmaxCrossEntropy(assembly.output("sample.class_logits"), classes, new SoftmaxCrossEntropy(0, -1)));
        losses.put(
                "loss.box",
                g.apply(
                        new RegionSmoothL1(BETA),
                        assembly.output("sample.box_encodings"),
                        assembly.output("sample.targets"),
                        classes));
        losses.forEach(g::output);
        g.output("loss", g.weightedSum(List.copyOf(losses.values()), List.of(1.0, 1.0, 1.0, 1.0)));
        return g.build();
    }

    /** The golden's objects, and what they make each anchor learn; every anchor that is not between counts. */
    static Map<String, Tensor> truths(Model model, Size pictures, JsonNode golden) {
        TwoStageDetector detector = (TwoStageDetector) model.detector();
        float[] anchors = detector.anchors(pictures);
        int count = anchors.length / 4;
        int room = detector.truths();
        int n = golden.path("truths").size();
        float[] truths = new float[n * room * 4];
        int[] truthLabels = new int[n * room];
        int[] labels = new int[n * count];
        float[] targets = new float[4 * n * count];
        for (int row = 0; row < n; row++) {
            JsonNode boxes = golden.path("truths").get(row);
            float[] own = new float[4 * boxes.size()];
            for (int i = 0; i < own.length; i++) {
                own[i] = (float) boxes.get(i / 4).get(i % 4).asDouble();
                truths[4 * row * room + i] = own[i];
                truthLabels[row * room + i / 4] =
                        golden.path("labels").get(row).get(i / 4).asInt();
            }
            int[] matches = detector.anchorMatcher().match(Overlap.IOU.matrix(own, anchors), boxes.size(), count);
            for (int a = 0; a < count; a++) {
                labels[row * count + a] = matches[a] >= 0 ? 1 : matches[a] + 1; // BELOW is −1, BETWEEN −2
                if (matches[a] >= 0) {
                    detector.anchorCoder().encode(own, matches[a], anchors, a, targets, 4 * (row * count + a));
                }
            }
        }
        return Map.of(
                "truths", Tensor.of(truths, n, room, 4),
                "truth_labels", Tensor.of(truthLabels, n, room),
                "rpn_labels", Tensor.of(labels, n, count),
                "rpn_targets", Tensor.of(targets, n, count, 4));
    }
}
