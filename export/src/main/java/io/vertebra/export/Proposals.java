package io.vertebra.export;

import io.vertebra.graph.op.RegionProposals;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import io.vertebra.graph.region.Anchors;
import java.util.ArrayList;
import java.util.List;

/**
 * Regions that a region proposal network finds: of each level the best anchors, decoded, cut and suppressed, then the best
 * of all. A score at {@link #NONE} is that of no region; the batch is free.
 */
final class Proposals {
    private static final float NONE = -Float.MAX_VALUE;

    /** As in {@link io.vertebra.graph.region.BoxCoder}. */
    private static final double LARGEST_LOG = (float) Math.log(1000.0 / 16);

    private final Site site;
    private final RegionProposals op;
    private final String logits;
    private final String encodings;
    private final String ends;
    private final List<String> scores = new ArrayList<>();
    private final List<String> boxes = new ArrayList<>();

    private Proposals(Site site, RegionProposals op) {
        this.site = site;
        this.op = op;
        int anchors = site.in().get(1);
        this.logits = site.step("logits", "Reshape", site.x(), site.numbers("per_picture", 0, anchors));
        this.encodings = site.inputs().get(1);
        this.ends = ends();
    }

    static String of(Site site, RegionProposals op) {
        Proposals proposals = new Proposals(site, op);
        List<Size> grids = new ArrayList<>();
        for (int level = 0; level < op.levels(); level++) {
            grids.add(side(site.shapes().get(RegionProposals.FIRST_LEVEL + level)));
        }
        float[] anchors =
                new Anchors(op.sizes(), op.ratios()).boxes(side(site.shapes().get(op.sizedBy())), grids);
        int from = 0;
        int places = 0;
        for (int level = 0; level < op.levels(); level++) {
            int count = Math.toIntExact(grids.get(level).area() * op.perCell(level));
            int best = Math.min(op.before(), count);
            proposals.level(from, count, best, anchors);
            from += count;
            places += best;
        }
        return proposals.join(places);
    }

    private static Size side(Shape map) {
        return new Size(map.h(), map.w());
    }

    /** Width and height of the pictures (N, 1, 2). */
    private String ends() {
        String turned = site.step(
                "ends",
                "Gather",
                Attributes.none().integer("axis", 1),
                site.inputs().get(2),
                site.numbers("turned", 1, 0));
        return unsqueeze(turned, 1);
    }

    private void level(int from, int count, int best, float[] anchors) {
        String[] top = site.steps(
                List.of("best", "places"), "TopK", Attributes.none(), part(logits, from, count, 1), number(best));
        String codes = site.step(
                "codes",
                "GatherND",
                Attributes.none().integer("batch_dims", 1),
                part(encodings, from, count, 1),
                unsqueeze(top[1], 2));
        String box = decode(codes, top[1], from, count, anchors);
        String sides = site.step("sides", "Sub", part(box, 2, 2, 2), part(box, 0, 2, 2));
        String least = site.step("least", "Min", part(sides, 0, 1, 2), part(sides, 1, 1, 2));
        String isLarge = site.step("is_large", "GreaterOrEqual", least, site.number(up(op.minSide())));
        String flat = site.step("flags", "Reshape", isLarge, site.numbers("flat", 0, best));
        if (op.minScore() > 0) {
            String isLikely = site.step("is_likely", "GreaterOrEqual", top[0], site.number(op.leastLogit()));
            flat = site.step("flags", "And", flat, isLikely);
        }
        String large = site.step("large", "Where", flat, top[0], site.number(NONE));
        scores.add(suppressed(box, large));
        boxes.add(box);
    }

    /** {@code count} numbers or rows from one on, along an axis. */
    private String part(String values, int from, int count, int axis) {
        return site.step("part", "Slice", values, number(from), number(from + count), number(axis));
    }

    private String number(long number) {
        return site.numbers("number", number);
    }

    private String unsqueeze(String values, int axis) {
        return site.step("expanded", "Unsqueeze", values, number(axis));
    }

    /** Boxes (N, K, 4) of the anchors at these places, cut to the pictures. */
    private String decode(String codes, String places, int from, int count, float[] anchors) {
        float[] sizes = new float[2 * count];
        float[] centres = new float[2 * count];
        for (int i = 0; i < sizes.length; i++) {
            int corner = 4 * (from + i / 2) + i % 2;
            sizes[i] = anchors[corner + 2] - anchors[corner];
            centres[i] = anchors[corner] + 0.5f * sizes[i];
        }
        String size = site.step("size", "Gather", site.matrix("sizes", sizes, count, 2), places);
        String centre = site.step("centre", "Gather", site.matrix("centres", centres, count, 2), places);
        centre = site.step("moved", "Add", site.step("shift", "Mul", part(codes, 0, 2, 2), size), centre);
        String log = site.step("log", "Min", part(codes, 2, 2, 2), site.number(LARGEST_LOG));
        String half = site.step("half", "Mul", site.step("exp", "Exp", log), site.number(0.5));
        half = site.step("half", "Mul", half, size);
        String low = cut(site.step("low", "Sub", centre, half));
        String high = cut(site.step("high", "Add", centre, half));
        return site.step("boxes", "Concat", Attributes.none().integer("axis", 2), low, high);
    }

    private String cut(String corners) {
        return site.step("cut", "Min", site.step("cut", "Max", corners, site.number(0)), ends);
    }

    /** The scores (N, K), or {@link #NONE} where a better box lies. */
    private String suppressed(String box, String large) {
        String kept = site.step(
                "kept",
                "NonMaxSuppression",
                box,
                unsqueeze(large, 1),
                number(op.count()),
                site.number(down(op.overlap())),
                site.number(NONE));
        String at = site.step(
                "at", "Gather", Attributes.none().integer("axis", 1), kept, site.numbers("picture_and_box", 0, 2));
        String none = site.step("none", "Expand", site.number(NONE), site.step("shape", "Shape", large));
        return site.step("left", "ScatterND", none, at, site.step("of_kept", "GatherND", large, at));
    }

    /** The best of all levels. */
    private String join(int places) {
        String all = concat("all_scores", 1, scores);
        String rows = concat("all_boxes", 1, boxes);
        if (places < op.count()) {
            int missing = op.count() - places;
            all = site.step("all_scores", "Pad", all, site.numbers("pads", 0, 0, 0, missing), site.number(NONE));
            rows = site.step("all_boxes", "Pad", rows, site.numbers("pads", 0, 0, 0, 0, missing, 0));
        }
        String[] top = site.steps(List.of("best", "places"), "TopK", Attributes.none(), all, number(op.count()));
        String chosen =
                site.step("chosen", "GatherND", Attributes.none().integer("batch_dims", 1), rows, unsqueeze(top[1], 2));
        String isRegion = unsqueeze(site.step("is_region", "Greater", top[0], site.number(NONE)), 2);
        chosen = site.step("regions", "Where", isRegion, chosen, site.number(0));
        String ones = site.step("ones", "Expand", site.number(1), site.step("shape", "Shape", top[0]));
        String pictures = site.step("pictures", "CumSum", Attributes.none().integer("exclusive", 1), ones, number(0));
        String five = concat("rows", 2, List.of(unsqueeze(pictures, 2), chosen));
        return site.result("Reshape", five, site.numbers("five", -1, 5));
    }

    private String concat(String what, int axis, List<String> parts) {
        return site.step(what, "Concat", Attributes.none().integer("axis", axis), parts.toArray(String[]::new));
    }

    /** The least float that is not below a number: floats are at least the one just where they are at least the other. */
    private static float up(double number) {
        float near = (float) number;
        return near < number ? Math.nextUp(near) : near;
    }

    /** The largest float that is not above a number. */
    private static float down(double number) {
        float near = (float) number;
        return near > number ? Math.nextDown(near) : near;
    }
}
