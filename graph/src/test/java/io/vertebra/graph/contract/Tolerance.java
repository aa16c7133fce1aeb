package io.vertebra.graph.contract;

import io.vertebra.graph.engine.Precision;

/**
 * How far an engine may be from the reference.
 *
 * @param outputs largest difference relative to the largest value of the tensor
 * @param gradients the same for gradients; for BF16 the length of the difference relative to the length of the gradient
 *     (both Euclidean), as a single sign of a ReLU that rounding has turned moves single elements by all they are
 * @param reason for these numbers
 */
public record Tolerance(double outputs, double gradients, String reason) {

    private static final Tolerance FP32 = new Tolerance(1e-5, 2e-5, "sums of up to some thousand products in float32");
    private static final Tolerance FP64 = new Tolerance(6e-8, 6e-8, "outputs are handed over as floats: half an ulp");
    private static final Tolerance TF32 =
            new Tolerance(2e-3, 4e-3, "10 bits of mantissa in products: 0.05% a rounding");
    private static final Tolerance BF16 = new Tolerance(1e-2, 2e-2, "8 bits of mantissa: 0.4% a rounding");

    /** Whether roundings turn signs before ReLUs and change the winners of windows, so that only lengths can be compared. */
    static boolean isCoarse(Precision precision) {
        return precision == Precision.BF16 || precision == Precision.TF32;
    }

    /** Where a case says nothing else. */
    static Tolerance usual(Precision precision) {
        return switch (precision) {
            case FP32 -> FP32;
            case FP64 -> FP64;
            case TF32 -> TF32;
            case BF16 -> BF16;
        };
    }
}
