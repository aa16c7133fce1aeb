package io.vertebra.graph.engine;

/** The numbers that an engine computes in; parameters, inputs and outputs are fp32 outside it in every case. */
public enum Precision {
    /** 32-bit floating point throughout. */
    FP32,
    /** 32-bit values whose products shorten their factors to 10 bits of mantissa and are summed in 32 bits. */
    TF32,
    /** bfloat16 values and compute copies of weights; fp32 masters, statistics, losses and reductions. */
    BF16,
    /** 64-bit floating point, to check an engine against the reference. */
    FP64
}
