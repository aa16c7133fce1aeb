package io.vertebra.graph.region;

import static org.assertj.core.api.Assertions.assertThat;

/** Comparison of arrays; the tolerances are those of the reference's README. */
final class Close {
    private Close() {}

    /** Within {@code tolerance} of the number, or of its size where that is above 1. */
    static void relative(float[] actual, float[] wanted, double tolerance) {
        assertThat(actual).hasSameSizeAs(wanted);
        for (int i = 0; i < wanted.length; i++) {
            check(i, actual[i], wanted[i], tolerance * Math.max(1, Math.abs(wanted[i])));
        }
    }

    static void absolute(float[] actual, float[] wanted, double tolerance) {
        assertThat(actual).hasSameSizeAs(wanted);
        for (int i = 0; i < wanted.length; i++) {
            check(i, actual[i], wanted[i], tolerance);
        }
    }

    private static void check(int i, float actual, float wanted, double tolerance) {
        if (!(Math.abs((double) actual - wanted) <= tolerance)) {
            assertThat(actual).as("element %d, tolerance %s", i, tolerance).isEqualTo(wanted);
        }
    }

    static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    static double[] doubles(float[] values) {
        double[] doubles = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            doubles[i] = values[i];
        }
        return doubles;
    }
}
