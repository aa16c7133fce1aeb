package io.vertebra.export;

import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.RoiAlign;
import io.vertebra.graph.op.RoiPool;
import io.vertebra.graph.region.RoiLevels;

/** Regions cut from maps. */
final class Regions {
    /** {@code RoiAlign} has known coordinates at centres of cells since this version. */
    private static final int ALIGNED = 16;

    private static final int INT64 = 7;

    private Regions() {}

    static String pool(Site site, RoiPool op) {
        Attributes attributes =
                Attributes.none().size("pooled_shape", op.output()).real("spatial_scale", op.scale());
        return site.result("MaxRoiPool", attributes, site.x(), site.inputs().get(1));
    }

    static String align(Site site, RoiAlign op) {
        if (op.aligned() && site.opset() < ALIGNED) {
            throw new GraphException(
                    site.node().name(),
                    "roi_align cannot be written to an ONNX file: it is aligned, which version " + site.opset()
                            + " does not know; take " + ALIGNED);
        }
        int levels = op.scales().size();
        String rois = site.inputs().get(levels);
        String pictures = columns(site, "pictures", rois, 0, 1);
        pictures = site.step("rows", "Reshape", pictures, site.numbers("row", -1));
        pictures = site.step("numbers", "Cast", Attributes.none().integer("to", INT64), pictures);
        String boxes = columns(site, "boxes", rois, 1, 5);
        if (levels == 1) {
            return site.result("RoiAlign", of(site, op, 0), site.x(), boxes, pictures);
        }
        int least = -Math.getExponent(op.scales().get(0));
        RoiLevels sizes = RoiLevels.of(least, least + levels - 1);
        String area = area(site, boxes);
        String cut = site.step("level", "RoiAlign", of(site, op, 0), site.x(), boxes, pictures);
        for (int level = 1; level < levels; level++) {
            String map = site.inputs().get(level);
            String other = site.step("level", "RoiAlign", of(site, op, level), map, boxes, pictures);
            String isLarge = site.step("is_large", "GreaterOrEqual", area, site.number(sizes.leastArea(level)));
            cut = level == levels - 1
                    ? site.result("Where", isLarge, other, cut)
                    : site.step("cut", "Where", isLarge, other, cut);
        }
        return cut;
    }

    private static Attributes of(Site site, RoiAlign op, int level) {
        Attributes attributes = Attributes.none()
                .text("mode", "avg")
                .integer("output_height", op.output().height())
                .integer("output_width", op.output().width())
                .integer("sampling_ratio", op.samplingRatio())
                .real("spatial_scale", op.scales().get(level));
        if (site.opset() >= ALIGNED) {
            attributes.text("coordinate_transformation_mode", op.aligned() ? "half_pixel" : "output_half_pixel");
        }
        return attributes;
    }

    /** Some columns of rows. */
    private static String columns(Site site, String what, String rows, int from, int to) {
        return site.step(
                what,
                "Slice",
                rows,
                site.numbers(what + "_from", from),
                site.numbers(what + "_to", to),
                site.numbers(what + "_axis", 1));
    }

    /** Of boxes (R, 4): (R, 1, 1, 1). */
    private static String area(Site site, String boxes) {
        String sides = site.step("sides", "Sub", columns(site, "high", boxes, 2, 4), columns(site, "low", boxes, 0, 2));
        sides = site.step("lengths", "Max", sides, site.number(0));
        String area = site.step("area", "Mul", columns(site, "wide", sides, 0, 1), columns(site, "tall", sides, 1, 2));
        return site.step("areas", "Reshape", area, site.numbers("one", -1, 1, 1, 1));
    }
}
