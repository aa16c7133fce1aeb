package io.vertebra.graph.op;

import java.util.List;

/**
 * The regions of a picture that a region proposal network finds most likely to hold an object.
 *
 * <p>objectness (N, A, 1), encodings (N, A, 4), sizes (N, 2) of each picture without padding as height, width, then the
 * batch's pictures (N, C, H, W) and a map of each level of a pyramid, of which only the size is read → (N·count, 5) of
 * picture number, x1, y1, x2, y2 in pixels; nothing gets a gradient. The A anchors stand in the order of {@link
 * io.vertebra.graph.region.Anchors}. Of each level the {@code before} largest logits stay, the first of equal ones first;
 * their boxes are decoded with weights 1, cut to the picture, dropped where a side is below {@code minSide} or no number
 * or the logit is below {@link #leastLogit}, and suppressed within their level where they overlap a better one by more than {@code overlap}; of what is left the
 * {@code count} largest logits are given, best first, the lower anchor of equal ones first. A picture with fewer has
 * regions without area, (n, 0, 0, 0, 0), behind them. Arithmetic of boxes is in float. Ren et al., Faster R-CNN,
 * arXiv:1506.01497, sections 3.1 and 3.3, with FPN's levels, arXiv:1612.03144, section 4.1; torchvision for the order.
 *
 * @param sizes sides of the anchors in pixels, for each level
 * @param ratios height / width of the anchors, for each level
 * @param before candidates of a level
 * @param count regions of a picture
 * @param overlap IoU above which the worse of two is dropped
 * @param minSide least width and height in pixels
 * @param minScore least probability of an object, σ of the logit
 */
public record RegionProposals(
        List<List<Double>> sizes,
        List<List<Double>> ratios,
        int before,
        int count,
        double overlap,
        double minSide,
        double minScore)
        implements Op {

    /** Objectness, encodings, sizes, pictures; the levels follow. */
    public static final int FIRST_LEVEL = 4;

    private static final int PICTURES = 3;
    private static final int READ = 3;

    /** The most regions of a picture, and candidates of a level. */
    public static final int MOST = 1 << 16;

    /** Checks the attributes. */
    public RegionProposals {
        sizes = sizes.stream().map(List::copyOf).toList();
        ratios = ratios.stream().map(List::copyOf).toList();
        Check.that(!sizes.isEmpty(), "sizes", "needs a level");
        Check.that(sizes.size() == ratios.size(), "ratios", "has %d levels, sizes %d", ratios.size(), sizes.size());
        checkPositive("sizes", sizes);
        checkPositive("ratios", ratios);
        Check.atLeast(1, "before", before);
        Check.atLeast(1, "count", count);
        Check.that(before <= MOST && count <= MOST, "count", "%d of %d, at most %d", count, before, MOST);
        Check.that(overlap >= 0 && overlap <= 1, "overlap", "must lie in [0, 1], is %s", overlap);
        Check.that(minSide >= 0 && Double.isFinite(minSide), "min_side", "must not be negative, is %s", minSide);
        Check.that(minScore >= 0 && minScore < 1, "min_score", "must lie in [0, 1), is %s", minScore);
    }

    /** Whatever their probability. */
    public RegionProposals(
            List<List<Double>> sizes,
            List<List<Double>> ratios,
            int before,
            int count,
            double overlap,
            double minSide) {
        this(sizes, ratios, before, count, overlap, minSide, 0);
    }

    /** The logit of {@code minScore}; −∞ at 0. */
    public float leastLogit() {
        return (float) Math.log(minScore / (1 - minScore));
    }

    private static void checkPositive(String name, List<List<Double>> levels) {
        for (List<Double> level : levels) {
            Check.that(!level.isEmpty() && level.size() <= 64, name, "has a level of %d numbers", level.size());
            for (double value : level) {
                Check.that(value > 0 && Double.isFinite(value), name, "must be above 0, has %s", value);
            }
        }
    }

    /** Levels of the pyramid. */
    public int levels() {
        return sizes.size();
    }

    /** Anchors at each cell of a level. */
    public int perCell(int level) {
        return sizes.get(level).size() * ratios.get(level).size();
    }

    @Override
    public int arity() {
        return Shape.ANY;
    }

    @Override
    public Shape output(List<Shape> inputs) {
        Check.that(
                inputs.size() == FIRST_LEVEL + levels(),
                "input",
                "takes %d levels, has %d inputs",
                levels(),
                inputs.size());
        Shape logits = inputs.get(0);
        Shape encodings = inputs.get(1);
        Shape pictureSizes = inputs.get(2);
        Check.that(logits.rank() == 3 && logits.get(2) == 1, "objectness", "must be (N, A, 1), is %s", logits);
        Check.that(encodings.rank() == 3 && encodings.get(2) == 4, "encodings", "must be (N, A, 4), is %s", encodings);
        boolean same = Extents.agree(logits.n(), encodings.n()) && Extents.agree(logits.get(1), encodings.get(1));
        Check.that(same, "encodings", "%s do not fit %s", encodings, logits);
        boolean sized =
                pictureSizes.rank() == 2 && pictureSizes.c() == 2 && Extents.agree(pictureSizes.n(), logits.n());
        Check.that(sized, "sizes", "must be (N, 2), is %s", pictureSizes);
        long anchors = 0;
        for (int level = 0; level < levels(); level++) {
            Shape map = inputs.get(FIRST_LEVEL + level);
            Check.isMap("level", map);
            boolean known = anchors != Shape.ANY && map.h() != Shape.ANY && map.w() != Shape.ANY;
            anchors = known ? anchors + (long) map.h() * map.w() * perCell(level) : Shape.ANY;
        }
        Check.isMap("pictures", inputs.get(PICTURES));
        boolean agree = anchors == Shape.ANY || logits.get(1) == Shape.ANY || anchors == logits.get(1);
        Check.that(agree, "objectness", "%s, the levels have %d anchors", logits, anchors);
        return Shape.of(logits.n() == Shape.ANY ? Shape.ANY : Math.multiplyExact(logits.n(), count), 5);
    }

    @Override
    public boolean reads(int input) {
        return input < READ;
    }

    @Override
    public int sizedBy() {
        return PICTURES;
    }

    @Override
    public boolean passesGradient(int input) {
        return false;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.regionProposals(this);
    }
}
