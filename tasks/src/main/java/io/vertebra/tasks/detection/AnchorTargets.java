package io.vertebra.tasks.detection;

import io.vertebra.datasets.Instance;
import io.vertebra.datasets.Sample;
import io.vertebra.datasets.Target;
import io.vertebra.datasets.TargetEncoder;
import io.vertebra.datasets.Targets;
import io.vertebra.graph.region.BoxCoder;
import io.vertebra.graph.region.SsdMatcher;
import io.vertebra.heads.DenseDetector;
import io.vertebra.images.Size;
import java.util.List;

/**
 * What each anchor is to say: {@code anchor_labels} I32 (A), 0 background and k + 1 class k, and {@code box_targets} F32 (A, 4),
 * zeros for background.
 *
 * @param labels name of the input
 * @param boxes name of the input
 * @param detector whose anchors and coding
 * @param matcher of anchors with objects
 */
record AnchorTargets(String labels, String boxes, DenseDetector detector, SsdMatcher matcher) implements TargetEncoder {

    @Override
    public List<Target> targets(Size picture) {
        int anchors = anchors(picture).length / 4;
        return List.of(Target.ints(labels, anchors), Target.floats(boxes, anchors, 4));
    }

    @Override
    public void encode(Sample sample, Size picture, Targets row) {
        List<Instance> objects = Truths.of(sample);
        float[] anchors = anchors(picture);
        float[] truths = Truths.corners(objects);
        int[] matches = matcher.match(truths, anchors);
        int[] anchorLabels = row.ints(labels);
        float[] targets = row.floats(boxes);
        int firstLabel = row.offset(labels);
        int firstBox = row.offset(boxes);
        BoxCoder coder = detector.coder();
        for (int a = 0; a < matches.length; a++) {
            if (matches[a] >= 0) {
                anchorLabels[firstLabel + a] = objects.get(matches[a]).label() + 1;
                coder.encode(truths, matches[a], anchors, a, targets, firstBox + 4 * a);
            }
        }
    }

    private float[] anchors(Size picture) {
        return detector.anchors(new io.vertebra.graph.op.Size(picture.height(), picture.width()));
    }
}
