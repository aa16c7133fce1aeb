package io.vertebra.heads;

import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.Check;
import io.vertebra.graph.op.Size;
import io.vertebra.graph.region.BalancedSampler;
import io.vertebra.graph.region.BoxCoder;
import io.vertebra.graph.region.Matcher;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/**
 * What the outputs of a two-stage detector mean: where the anchors of its region proposal network stand and what each is to
 * learn, and how scores and boxes of regions become detections.
 *
 * <p>Immutable but for a memory of anchors; it may be used by many threads.
 */
public final class TwoStageDetector implements Detector {
    private static final String PROPOSALS = "proposals";
    private static final String CLASS_LOGITS = "roi.class_logits";
    private static final String BOX_ENCODINGS = "roi.box_encodings";

    /**
     * How anchors are taught.
     *
     * @param layout of the anchors
     * @param coder of boxes relative to them
     * @param matcher that gives anchors objects
     * @param sampler of the anchors of a picture that count
     * @param truths objects of a picture that a batch has room for
     */
    public record Proposing(
            AnchorLayout layout, BoxCoder coder, Matcher matcher, BalancedSampler sampler, int truths) {}

    /**
     * How regions become detections.
     *
     * @param coder of boxes relative to regions
     * @param score a detection's score is greater
     * @param overlap a box that overlaps a better one of its class by more is dropped
     * @param perPicture detections of a picture at most
     * @param minSide least width and height in pixels
     */
    public record Detecting(BoxCoder coder, double score, double overlap, int perPicture, double minSide) {}

    private final AnchorBoxes anchors;
    private final Proposing proposing;
    private final Detecting detecting;

    /** A detector on levels of these sizes. */
    public TwoStageDetector(LevelSizes levels, Proposing proposing, Detecting detecting) {
        this.anchors = new AnchorBoxes(levels, proposing.layout());
        this.proposing = proposing;
        this.detecting = Objects.requireNonNull(detecting, "detecting");
    }

    @Override
    public List<String> outputs() {
        return List.of(PROPOSALS, CLASS_LOGITS, BOX_ENCODINGS);
    }

    @Override
    public float[] anchors(Size pictures) {
        return anchors.of(pictures);
    }

    /** The coding of boxes relative to anchors: that of {@code rpn.box_encodings}. */
    public BoxCoder anchorCoder() {
        return proposing.coder();
    }

    /** What gives anchors objects. */
    public Matcher anchorMatcher() {
        return proposing.matcher();
    }

    /** What draws the anchors of a picture that count. */
    public BalancedSampler anchorSampler() {
        return proposing.sampler();
    }

    /** The objects of a picture that a batch has room for: rows of the inputs {@code truths} and {@code truth_labels}. */
    public int truths() {
        return proposing.truths();
    }

    @Override
    public Detections decode(Function<String, Tensor.Floats> outputs, int row, Size pictures, Size picture) {
        Tensor.Floats logits = outputs.apply(CLASS_LOGITS);
        float[] proposals = outputs.apply(PROPOSALS).data();
        float[] encodings = outputs.apply(BOX_ENCODINGS).data();
        return decode(proposals, logits.data(), encodings, row, logits.shape().c(), picture);
    }

    /**
     * What was found in one picture of a batch.
     *
     * @param proposals regions of the batch (R, 5): picture number, x1, y1, x2, y2; those without area are passed over
     * @param classLogits of the regions (R, classes)
     * @param boxEncodings of the regions (R, 4 · classes)
     * @param row of the picture in the batch
     * @param classes columns of the logits, the background first
     * @param picture its size without padding
     */
    public Detections decode(
            float[] proposals, float[] classLogits, float[] boxEncodings, int row, int classes, Size picture) {
        int regions = proposals.length / 5;
        check(PROPOSALS, proposals.length, 5L * regions);
        check(CLASS_LOGITS, classLogits.length, (long) regions * classes);
        check(BOX_ENCODINGS, boxEncodings.length, 4L * regions * classes);
        RegionCandidates candidates = new RegionCandidates(detecting, classes, picture);
        for (int region = 0; region < regions; region++) {
            if (proposals[5 * region] == row) {
                candidates.add(proposals, classLogits, boxEncodings, region);
            }
        }
        return candidates.detections();
    }

    private static void check(String name, int length, long wanted) {
        Check.that(length == wanted, name, "have %d numbers, the proposals need %d", length, wanted);
    }
}
