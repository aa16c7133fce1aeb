package io.vertebra.graph.op;

/** What the elements of a tensor are. */
public enum DataType {
    /** 32-bit floating point. */
    F32,
    /** 32-bit signed integers. */
    I32
}
