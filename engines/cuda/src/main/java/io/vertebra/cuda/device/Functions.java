package io.vertebra.cuda.device;

import io.vertebra.graph.op.Activation;

/** How kernels tell functions of single elements apart. */
public final class Functions {
    private Functions() {}

    /** The number of a function, {@code choose} of {@code activations.cuh}; it may be {@code null}. */
    public static int number(Activation.Function function) {
        if (function == null) {
            return -1;
        }
        return switch (function) {
            case RELU -> 0;
            case RELU6 -> 1;
            case SILU -> 2;
            case SIGMOID -> 3;
            case TANH -> 4;
            case HARD_SWISH -> 5;
            case HARD_SIGMOID -> 6;
            case GELU -> 7;
            case LEAKY_RELU -> 8;
        };
    }
}
