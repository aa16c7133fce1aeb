package io.vertebra.backbones;

import static org.assertj.core.api.Assertions.assertThat;

/** How far arrays are from each other. */
public final class Distance {
    private Distance() {}

    /** The largest absolute value; NaN if one is. */
    public static double largest(float[] values) {
        double largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    /** The largest absolute difference of arrays of one length; NaN if one is. */
    public static double between(float[] a, float[] b) {
        assertThat(a).hasSameSizeAs(b);
        double largest = 0;
        for (int i = 0; i < a.length; i++) {
            largest = Math.max(largest, Math.abs((double) a[i] - b[i]));
        }
        return largest;
    }
}
