package io.vertebra.heads.detection;

import io.vertebra.graph.op.Check;
import java.util.List;
import java.util.Objects;

/**
 * Options of a two-stage detector; what is not said is torchvision's.
 *
 * @param style whose names
 * @param anchors of the region proposal network
 * @param proposals what that network learns of, and the regions that it gives
 * @param box what the second stage learns of, and its layers
 * @param detections which of its boxes are answers
 * @param truths objects of a picture that training has room for
 */
public record FasterRcnnConfig(
        Style style, AnchorOptions anchors, Proposals proposals, Box box, Limits detections, Integer truths) {

    /** Whose names. */
    public enum Style {
        /** {@code rpn_head.rpn_conv}, {@code roi_head.bbox_head.fc_cls}; the background is the first class. */
        MMDET,
        /** {@code rpn.head.conv.0.0}, {@code roi_heads.box_predictor.cls_score}. */
        TORCHVISION
    }

    private static final int MOST = 1 << 16;

    /** Fills in and checks. */
    public FasterRcnnConfig {
        style = Objects.requireNonNullElse(style, Style.MMDET);
        anchors = Objects.requireNonNullElseGet(anchors, () -> new AnchorOptions(null, null, null));
        proposals = Objects.requireNonNullElseGet(
                proposals, () -> new Proposals(null, null, null, null, null, null, null, null, null, null, null, null));
        box = Objects.requireNonNullElseGet(box, () -> new Box(null, null, null, null, null, null, null, null));
        detections = Objects.requireNonNullElseGet(detections, () -> new Limits(null, null, null));
        truths = counted("truths", truths, 256, 1);
    }

    /**
     * Anchors.
     *
     * @param sizes sides in pixels, one for each level from fine to coarse; not said: 8 times the level's reduction
     * @param ratios height / width at each size
     * @param everyLevel whether each level has all the sizes
     */
    public record AnchorOptions(List<Double> sizes, List<Double> ratios, Boolean everyLevel) {
        /** Fills in and checks. */
        public AnchorOptions {
            Check.that(sizes == null || !sizes.isEmpty(), "sizes", "must not be empty");
            sizes = sizes == null ? null : List.copyOf(sizes);
            ratios = List.copyOf(Objects.requireNonNullElse(ratios, List.of(0.5, 1.0, 2.0)));
            everyLevel = Objects.requireNonNullElse(everyLevel, false);
            if (sizes != null) {
                sizes.forEach(s -> Check.that(s > 0 && Double.isFinite(s), "sizes", "must be above 0, has %s", s));
            }
            ratios.forEach(r -> Check.that(r > 0 && Double.isFinite(r), "ratios", "must be above 0, has %s", r));
            Check.that(!ratios.isEmpty(), "ratios", "needs a number");
            Check.that(!everyLevel || sizes != null, "every_level", "needs sizes");
        }
    }

    /**
     * Proposals.
     *
     * @param beforeNms candidates of a level in training
     * @param afterNms regions of a picture in training
     * @param testBeforeNms candidates of a level in inference
     * @param testAfterNms regions of a picture in inference
     * @param nms a region that overlaps a better one of its level by more is dropped
     * @param minSide least width and height of a region in pixels
     * @param minScore least probability that a region holds an object
     * @param samples anchors of a picture that count in training
     * @param positiveShare of them at most
     * @param positive least overlap of an anchor with its object
     * @param negative below this overlap an anchor is background
     * @param convs 3×3 convolutions before the predictors
     */
    public record Proposals(
            Integer beforeNms,
            Integer afterNms,
            Integer testBeforeNms,
            Integer testAfterNms,
            Double nms,
            Double minSide,
            Double minScore,
            Integer samples,
            Double positiveShare,
            Double positive,
            Double negative,
            Integer convs) {
        /** Fills in and checks. */
        public Proposals {
            beforeNms = counted("before_nms", beforeNms, 2000, 1);
            afterNms = counted("after_nms", afterNms, 2000, 1);
            testBeforeNms = counted("test_before_nms", testBeforeNms, 1000, 1);
            testAfterNms = counted("test_after_nms", testAfterNms, 1000, 1);
            nms = share("nms", nms, 0.7);
            minSide = Objects.requireNonNullElse(minSide, 1e-3);
            Check.that(minSide >= 0 && Double.isFinite(minSide), "min_side", "must not be negative, is %s", minSide);
            minScore = Objects.requireNonNullElse(minScore, 0.0);
            Check.that(minScore >= 0 && minScore < 1, "min_score", "must lie in [0, 1), is %s", minScore);
            samples = counted("samples", samples, 256, 1);
            positiveShare = share("positive_share", positiveShare, 0.5);
            positive = share("positive", positive, 0.7);
            negative = share("negative", negative, 0.3);
            Check.that(negative <= positive, "negative", "is %s, must not be above positive, %s", negative, positive);
            convs = counted("convs", convs, 1, 1);
            Check.that(convs <= 16, "convs", "must lie in 1 to 16, is %d", convs);
        }
    }

    /**
     * The second stage.
     *
     * @param samples regions of a picture that it learns of
     * @param positiveShare of them at most
     * @param positive least overlap of a region with its object
     * @param pooled rows and columns of a region's features
     * @param samplingRatio samples a side of each of them; 0: as many as the region has cells
     * @param coderWeights of tx, ty, tw, th
     * @param channels of its linear layers
     * @param convs 3×3 convolutions with norms before them; 0: two linear layers, else one
     */
    public record Box(
            Integer samples,
            Double positiveShare,
            Double positive,
            Integer pooled,
            Integer samplingRatio,
            List<Double> coderWeights,
            Integer channels,
            Integer convs) {
        /** Fills in and checks. */
        public Box {
            samples = counted("samples", samples, 512, 1);
            positiveShare = share("positive_share", positiveShare, 0.25);
            positive = share("positive", positive, 0.5);
            Check.that(positive > 0, "positive", "must be above 0");
            pooled = counted("pooled", pooled, 7, 1);
            Check.that(pooled <= 64, "pooled", "must lie in 1 to 64, is %d", pooled);
            samplingRatio = counted("sampling_ratio", samplingRatio, 2, 0);
            coderWeights = List.copyOf(Objects.requireNonNullElse(coderWeights, List.of(10.0, 10.0, 5.0, 5.0)));
            Check.that(coderWeights.size() == 4, "coder_weights", "must be 4, are %d", coderWeights.size());
            coderWeights.forEach(
                    w -> Check.that(w > 0 && Double.isFinite(w), "coder_weights", "must be above 0, has %s", w));
            channels = counted("channels", channels, 1024, 1);
            convs = counted("convs", convs, 0, 0);
            Check.that(convs <= 16, "convs", "must lie in 0 to 16, is %d", convs);
        }
    }

    /**
     * Limits of detections.
     *
     * @param score a detection's score is greater
     * @param nms a box that overlaps a better one of its class by more is dropped
     * @param perImage detections of a picture at most
     */
    public record Limits(Double score, Double nms, Integer perImage) {
        /** Fills in and checks. */
        public Limits {
            score = share("score", score, 0.05);
            nms = share("nms", nms, 0.5);
            perImage = counted("per_image", perImage, 100, 1);
        }
    }

    private static Integer counted(String name, Integer value, int otherwise, int least) {
        Integer count = Objects.requireNonNullElse(value, otherwise);
        Check.that(count >= least && count <= MOST, name, "must lie in %d to %d, is %d", least, MOST, count);
        return count;
    }

    private static Double share(String name, Double value, double otherwise) {
        Double share = Objects.requireNonNullElse(value, otherwise);
        Check.that(share >= 0 && share <= 1, name, "must lie in [0, 1], is %s", share);
        return share;
    }
}
