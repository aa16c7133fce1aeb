package io.vertebra.cuda.driver;

import io.vertebra.cuda.device.ConvolutionSpec;
import io.vertebra.cuda.device.ConvolutionSpec.Geometry;
import io.vertebra.cuda.device.ProductSpec;
import java.util.Locale;

/** How messages call what is computed. */
final class Operators {
    private Operators() {}

    /** {@code layer1.conv1 (forward)}. */
    static String name(ConvolutionSpec spec) {
        return spec.name() + " (" + spec.pass().name().toLowerCase(Locale.ROOT) + ")";
    }

    /** {@code x (8, 64, 56, 56), w (64, 64, 3, 3), y (8, 64, 56, 56), stride 1 1, ..., bf16}: what an engine may not serve. */
    static String shapes(ConvolutionSpec s) {
        Geometry g = s.geometry();
        return String.format(
                Locale.ROOT,
                "x (%d, %d, %d, %d), w (%d, %d, %d, %d), y (%d, %d, %d, %d), stride %d %d, padding %d %d %d %d, dilation %d %d,"
                        + " groups %d, %s to %s, %s",
                s.n(),
                s.c(),
                s.h(),
                s.w(),
                s.k(),
                s.c() / g.groups(),
                s.r(),
                s.s(),
                s.n(),
                s.k(),
                s.outH(),
                s.outW(),
                g.strideH(),
                g.strideW(),
                g.top(),
                g.left(),
                g.bottom(),
                g.right(),
                g.dilationH(),
                g.dilationW(),
                g.groups(),
                word(s.in()),
                word(s.out()),
                word(s.math()));
    }

    /** {@code A (64, 2048), B (2048, 1000), ...}. */
    static String shapes(ProductSpec s) {
        return String.format(
                Locale.ROOT,
                "A (%d, %d)%s, B (%d, %d)%s%s, %s to %s, %s",
                s.m(),
                s.k(),
                s.transposeA() ? " transposed" : "",
                s.k(),
                s.n(),
                s.transposeB() ? " transposed" : "",
                s.bias() ? ", bias" : "",
                word(s.in()),
                word(s.out()),
                word(s.math()));
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
