package io.vertebra.graph.region;

/** What each step of a computation is rounded to. */
enum Precision {
    FLOAT,
    DOUBLE;

    /** Sums, products and quotients of floats, rounded from double, are those of float arithmetic. */
    double round(double value) {
        return this == FLOAT ? (float) value : value;
    }
}
