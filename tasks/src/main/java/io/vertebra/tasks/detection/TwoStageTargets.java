package io.vertebra.tasks.detection;

import io.vertebra.datasets.DatasetException;
import io.vertebra.datasets.Instance;
import io.vertebra.datasets.Sample;
import io.vertebra.datasets.Target;
import io.vertebra.datasets.TargetEncoder;
import io.vertebra.datasets.Targets;
import io.vertebra.graph.op.HardNegativeCrossEntropy;
import io.vertebra.graph.region.BalancedSampler;
import io.vertebra.graph.region.Matcher;
import io.vertebra.graph.region.Overlap;
import io.vertebra.heads.TwoStageDetector;
import io.vertebra.images.Size;
import io.vertebra.tasks.Setting;
import java.util.Arrays;
import java.util.List;

/**
 * What a region proposal network is to say of the anchors that were drawn, and the objects for the second stage: {@code
 * rpn_labels} I32 (A), 1 object, 0 background, −1 not drawn, {@code rpn_targets} F32 (A, 4), zeros but for objects, {@code
 * truths} F32 (M, 4) and {@code truth_labels} I32 (M), 0 no object and k + 1 class k. Crowds are nobody's truth.
 *
 * @param setting of the head
 * @param detector whose anchors, matching and coding
 */
record TwoStageTargets(Setting setting, TwoStageDetector detector) implements TargetEncoder {

    @Override
    public List<Target> targets(Size picture) {
        int anchors = anchors(picture).length / 4;
        return List.of(
                Target.ints(setting.in("rpn_labels"), anchors),
                Target.floats(setting.in("rpn_targets"), anchors, 4),
                Target.floats(setting.in("truths"), detector.truths(), 4),
                Target.ints(setting.in("truth_labels"), detector.truths()));
    }

    /** @throws DatasetException if there are more objects than a batch has room for */
    @Override
    public void encode(Sample sample, Size picture, Targets row) {
        List<Instance> objects = Truths.of(sample);
        if (objects.size() > detector.truths()) {
            throw new DatasetException(
                    sample.id(),
                    "has " + objects.size() + " objects, a batch has room for " + detector.truths() + "; set "
                            + section() + ".truths: " + objects.size());
        }
        float[] truths = Truths.corners(objects);
        anchors(truths, anchors(picture), row);
        System.arraycopy(truths, 0, row.floats(setting.in("truths")), row.offset(setting.in("truths")), truths.length);
        int[] labels = row.ints(setting.in("truth_labels"));
        int first = row.offset(setting.in("truth_labels"));
        for (int i = 0; i < objects.size(); i++) {
            labels[first + i] = objects.get(i).label() + 1;
        }
    }

    private String section() {
        return setting.key().isEmpty() ? "model.head" : "model.heads." + setting.key();
    }

    private void anchors(float[] truths, float[] anchors, Targets row) {
        int[] matches = detector.anchorMatcher()
                .match(Overlap.IOU.matrix(truths, anchors), truths.length / 4, anchors.length / 4);
        BalancedSampler.Draw draw = detector.anchorSampler().draw(kinds(matches), row.random());
        int[] labels = row.ints(setting.in("rpn_labels"));
        int first = row.offset(setting.in("rpn_labels"));
        Arrays.fill(labels, first, first + matches.length, HardNegativeCrossEntropy.IGNORE);
        for (int a : draw.negatives()) {
            labels[first + a] = 0;
        }
        float[] codes = row.floats(setting.in("rpn_targets"));
        int firstCode = row.offset(setting.in("rpn_targets"));
        for (int a : draw.positives()) {
            labels[first + a] = 1;
            detector.anchorCoder().encode(truths, matches[a], anchors, a, codes, firstCode + 4 * a);
        }
    }

    /** For the sampler: 1 with an object, 0 background, −1 between. */
    private static int[] kinds(int[] matches) {
        return Arrays.stream(matches)
                .map(m -> m >= 0 ? 1 : m == Matcher.BELOW ? 0 : HardNegativeCrossEntropy.IGNORE)
                .toArray();
    }

    private float[] anchors(Size picture) {
        return detector.anchors(new io.vertebra.graph.op.Size(picture.height(), picture.width()));
    }
}
