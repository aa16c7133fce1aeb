package io.vertebra.export;

import io.vertebra.graph.op.BatchNorm;
import io.vertebra.graph.op.GroupNorm;
import io.vertebra.graph.op.L2Norm;
import io.vertebra.graph.op.LayerNorm;
import io.vertebra.graph.op.LocalResponseNorm;
import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import java.util.Arrays;

/** Norms in their inference form. */
final class Norms {
    /** {@code LayerNormalization} came with this version. */
    private static final int LAYER_NORMALIZATION = 17;

    private Norms() {}

    static String batch(Site site, BatchNorm op) {
        return site.result(
                "BatchNormalization",
                Attributes.none().real("epsilon", op.epsilon()),
                site.x(),
                site.parameter("weight"),
                site.parameter("bias"),
                site.parameter("running_mean"),
                site.parameter("running_var"));
    }

    /** ONNX norms the last axis: channels go there and back; runtimes join the transpositions of neighbours. */
    static String layer(Site site, LayerNorm op) {
        if (site.opset() < LAYER_NORMALIZATION) {
            return layerByMeans(site, op);
        }
        Attributes attributes = Attributes.none().integer("axis", -1).real("epsilon", op.epsilon());
        if (site.in().rank() == 2) {
            return site.result(
                    "LayerNormalization", attributes, site.x(), site.parameter("weight"), site.parameter("bias"));
        }
        String cells = site.step("cells", "Transpose", Attributes.none().integers("perm", 0, 2, 3, 1), site.x());
        String normed = site.step(
                "normed", "LayerNormalization", attributes, cells, site.parameter("weight"), site.parameter("bias"));
        return site.result("Transpose", Attributes.none().integers("perm", 0, 3, 1, 2), normed);
    }

    private static String layerByMeans(Site site, LayerNorm op) {
        Attributes channels = Attributes.none().integers("axes", 1).integer("keepdims", 1);
        String centred = site.step("centred", "Sub", site.x(), site.step("mean", "ReduceMean", channels, site.x()));
        String squares = site.step("squares", "Mul", centred, centred);
        String variance = site.step(
                "variance", "Add", site.step("spread", "ReduceMean", channels, squares), site.number(op.epsilon()));
        String normed = site.step("normed", "Div", centred, site.step("deviation", "Sqrt", variance));
        return scaleAndShift(site, normed);
    }

    /** As instance norm over the groups; ONNX's own {@code GroupNormalization} has been as ours since version 21 only. */
    static String group(Site site, GroupNorm op) {
        float[] ones = new float[op.groups()];
        Arrays.fill(ones, 1);
        Shape x = site.in();
        String groups = site.step("groups", "Reshape", site.x(), site.numbers("by_group", 0, op.groups(), -1));
        String normed = site.step(
                "instances",
                "InstanceNormalization",
                Attributes.none().real("epsilon", op.epsilon()),
                groups,
                site.file().constant(site.value() + "/ones", ones, op.groups()),
                site.file().constant(site.value() + "/zeros", new float[op.groups()], op.groups()));
        String maps = site.step("normed", "Reshape", normed, site.numbers("by_channel", 0, x.c(), x.h(), x.w()));
        return scaleAndShift(site, maps);
    }

    private static String scaleAndShift(Site site, String normed) {
        String scaled = site.step("scaled", "Mul", normed, site.perChannel("weight"));
        return site.result("Add", scaled, site.perChannel("bias"));
    }

    /**
     * ONNX Runtime knows neighbourhoods with a middle only, and no α or β of 0; others are a mean along the channels, in
     * windows of one cell.
     */
    static String localResponse(Site site, LocalResponseNorm op) {
        if (op.size() % 2 == 1 && op.alpha() > 0 && op.beta() > 0) {
            Attributes attributes = Attributes.none()
                    .integer("size", op.size())
                    .real("alpha", op.alpha())
                    .real("beta", op.beta())
                    .real("bias", op.k());
            return site.result("LRN", attributes, site.x());
        }
        Shape x = site.in();
        String squares = site.step("squares", "Mul", site.x(), site.x());
        String lines =
                site.step("lines", "Reshape", squares, site.numbers("by_line", 0, 1, x.c(), (long) x.h() * x.w()));
        Attributes window = Attributes.none()
                .size("kernel_shape", new Size(op.size(), 1))
                .pads(new Padding.Explicit(op.before(), 0, op.behind(), 0))
                .integer("count_include_pad", 1);
        String means = site.step("means", "AveragePool", window, lines);
        String maps = site.step("maps", "Reshape", means, site.numbers("by_channel", 0, x.c(), x.h(), x.w()));
        String base =
                site.step("base", "Add", site.step("share", "Mul", maps, site.number(op.alpha())), site.number(op.k()));
        return site.result("Div", site.x(), site.step("power", "Pow", base, site.number(op.beta())));
    }

    static String l2(Site site, L2Norm op) {
        String squares = site.step("squares", "Mul", site.x(), site.x());
        String sum = site.step(
                "sum", "ReduceSum", Attributes.none().integer("keepdims", 1), squares, site.numbers("channels", 1));
        String length = site.step("length", "Max", site.step("root", "Sqrt", sum), site.number(op.epsilon()));
        return site.result("Mul", site.step("unit", "Div", site.x(), length), site.perChannel("scale_weight"));
    }
}
