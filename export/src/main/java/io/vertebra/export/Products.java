package io.vertebra.export;

import io.vertebra.graph.op.Convolution;
import io.vertebra.graph.op.Linear;

/** Convolutions and linear layers. */
final class Products {
    private Products() {}

    static String convolution(Site site, Convolution op) {
        Attributes attributes = Attributes.none()
                .size("kernel_shape", op.kernel())
                .size("strides", op.stride())
                .pads(site.resolve(op.padding(), op.kernel(), op.stride(), op.dilation()))
                .size("dilations", op.dilation())
                .integer("group", op.groups());
        return affine(site, "Conv", attributes, op.bias());
    }

    static String linear(Site site, Linear op) {
        return affine(site, "Gemm", Attributes.none().integer("transB", 1), op.bias());
    }

    private static String affine(Site site, String type, Attributes attributes, boolean bias) {
        String weight = site.parameter("weight");
        return bias
                ? site.result(type, attributes, site.x(), weight, site.parameter("bias"))
                : site.result(type, attributes, site.x(), weight);
    }
}
