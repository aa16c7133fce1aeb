package io.vertebra.cuda.driver;

import io.vertebra.cuda.device.ConvolutionSpec;
import io.vertebra.cuda.device.ConvolutionSpec.Epilogue;
import io.vertebra.cuda.device.ConvolutionSpec.Geometry;
import io.vertebra.cuda.device.ConvolutionSpec.Pass;
import io.vertebra.cuda.device.MathMode;
import io.vertebra.cuda.device.ProductSpec;
import io.vertebra.cuda.device.Type;

/** Convolutions for tests. */
final class Specs {
    private Specs() {}

    /** A square window over a square map, padded alike on all sides. */
    static ConvolutionSpec convolution(
            Pass pass, Type type, int n, int c, int size, int k, int window, int stride, int padding, int groups) {
        Geometry geometry = new Geometry(stride, stride, padding, padding, padding, padding, 1, 1, groups);
        return convolution(pass, type, n, c, size, k, window, geometry);
    }

    /** Whatever the padding and dilation are. */
    static ConvolutionSpec convolution(Pass pass, Type type, int n, int c, int size, int k, int window, Geometry g) {
        int outH = (size + g.top() + g.bottom() - g.dilationH() * (window - 1) - 1) / g.strideH() + 1;
        int outW = (size + g.left() + g.right() - g.dilationW() * (window - 1) - 1) / g.strideW() + 1;
        Type out = pass == Pass.WEIGHTS ? Type.F32 : type;
        return new ConvolutionSpec(
                "conv",
                pass,
                type,
                out,
                MathMode.STRICT,
                n,
                c,
                size,
                size,
                k,
                window,
                window,
                outH,
                outW,
                g,
                Epilogue.NONE);
    }

    static ConvolutionSpec with(ConvolutionSpec s, MathMode math, Epilogue epilogue) {
        return new ConvolutionSpec(
                s.name(),
                s.pass(),
                s.in(),
                s.out(),
                math,
                s.n(),
                s.c(),
                s.h(),
                s.w(),
                s.k(),
                s.r(),
                s.s(),
                s.outH(),
                s.outW(),
                s.geometry(),
                epilogue);
    }

    /** A fully connected layer with a bias, in bf16. */
    static ProductSpec product() {
        return new ProductSpec("fc", Type.BF16, Type.BF16, MathMode.STRICT, 64, 1000, 2048, false, true, true);
    }
}
