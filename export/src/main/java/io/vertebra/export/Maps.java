package io.vertebra.export;

import io.vertebra.graph.op.ChannelSelect;
import io.vertebra.graph.op.ChannelShuffle;
import io.vertebra.graph.op.MapRows;
import io.vertebra.graph.op.Pad;
import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.Resize;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Slice;
import java.util.Arrays;

/** What moves cells and channels. In the shapes of {@code Reshape} 0 stands for the batch, whatever it is. */
final class Maps {
    private Maps() {}

    static String concat(Site site) {
        Attributes attributes = Attributes.none().integer("axis", 1);
        return site.result("Concat", attributes, site.inputs().toArray(String[]::new));
    }

    static String pad(Site site, Pad op) {
        return site.result("Pad", site.x(), pads(site, op.before(), op.behind(), op.space()));
    }

    /** Zeros around the maps that go in, on the way to something else. */
    static String padded(Site site, Padding.Explicit space) {
        return site.step("padded", "Pad", site.x(), pads(site, 0, 0, space));
    }

    private static String pads(Site site, int before, int behind, Padding.Explicit p) {
        return site.numbers("pads", 0, before, p.top(), p.left(), 0, behind, p.bottom(), p.right());
    }

    /** The index is a parameter; a file of ONNX has it as whole numbers. */
    static String select(Site site) {
        String name = site.node().parameter(ChannelSelect.INDEX);
        int[] index = site.parameters().spec(name).indices(site.parameters().get(name));
        long[] channels = Arrays.stream(index).asLongStream().toArray();
        Attributes attributes = Attributes.none().integer("axis", 1);
        return site.result("Gather", attributes, site.x(), site.numbers("index", channels));
    }

    static String slice(Site site, Slice op) {
        return site.result(
                "Slice",
                site.x(),
                site.numbers("from", op.from()),
                site.numbers("to", op.to()),
                site.numbers("axis", 1));
    }

    static String shuffle(Site site, ChannelShuffle op) {
        Shape x = site.in();
        int groups = op.groups();
        String split = site.numbers("split", 0, groups, x.c() / groups, x.h(), x.w());
        String dealt = site.step(
                "dealt",
                "Transpose",
                Attributes.none().integers("perm", 0, 2, 1, 3, 4),
                site.step("groups", "Reshape", site.x(), split));
        return site.result("Reshape", dealt, site.numbers("joined", 0, x.c(), x.h(), x.w()));
    }

    static String rows(Site site, MapRows op) {
        String cells = site.step("cells", "Transpose", Attributes.none().integers("perm", 0, 2, 3, 1), site.x());
        return site.result(
                "Reshape", cells, site.numbers("rows", 0, site.shape().get(1), op.columns()));
    }

    /** The sizes come with batch and channels, which {@code Resize} takes from nowhere else below version 18. */
    static String resize(Site site, Resize op) {
        String size = site.numbers("size", site.shape().h(), site.shape().w());
        String front = site.step(
                "front",
                "Slice",
                site.step("shape", "Shape", site.x()),
                site.numbers("from", 0),
                site.numbers("to", 2));
        String sizes = site.step("sizes", "Concat", Attributes.none().integer("axis", 0), front, size);
        boolean nearest = op.filter() == Resize.Filter.NEAREST;
        Attributes attributes = Attributes.none()
                .text("mode", nearest ? "nearest" : "linear")
                .text(
                        "coordinate_transformation_mode",
                        nearest ? "asymmetric" : op.alignCorners() ? "align_corners" : "half_pixel");
        if (nearest) {
            attributes.text("nearest_mode", "floor");
        }
        return site.result("Resize", attributes, site.x(), "", "", sizes);
    }
}
