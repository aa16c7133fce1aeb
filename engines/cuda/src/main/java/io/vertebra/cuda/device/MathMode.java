package io.vertebra.cuda.device;

/** How products of F32 are computed; those of BF16 are always exact and summed in F32. */
public enum MathMode {
    /** In full: no tensor core that shortens its inputs. */
    STRICT,
    /** Inputs may be shortened to 10 bits of mantissa. */
    TF32
}
