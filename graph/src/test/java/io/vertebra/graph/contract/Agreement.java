package io.vertebra.graph.contract;

import java.util.Locale;

/** Comparisons of an engine's numbers with the reference's, which say by how much and where they differ. */
public final class Agreement {
    private Agreement() {}

    /** Every element is within {@code allowed} of what is expected. */
    public static void largest(String what, float[] actual, double[] expected, double allowed) {
        sameLength(what, actual, expected);
        int worst = 0;
        double error = 0;
        for (int i = 0; i < actual.length; i++) {
            double difference = Math.abs(actual[i] - expected[i]);
            if (difference > error || Double.isNaN(difference)) {
                error = difference;
                worst = i;
            }
            if (Double.isNaN(difference)) {
                break;
            }
        }
        if (!(error <= allowed)) {
            throw new AssertionError(String.format(
                    Locale.ROOT,
                    "%s: element %d is %.9g, the reference has %.9g; off by %.3g, allowed %.3g (largest value %.3g)",
                    what,
                    worst,
                    actual[worst],
                    expected[worst],
                    error,
                    allowed,
                    largest(expected)));
        }
    }

    /** The Euclidean length of the difference is at most {@code allowed}. */
    public static void length(String what, float[] actual, double[] expected, double allowed) {
        sameLength(what, actual, expected);
        double squares = 0;
        for (int i = 0; i < actual.length; i++) {
            squares += (actual[i] - expected[i]) * (actual[i] - expected[i]);
        }
        if (!(Math.sqrt(squares) <= allowed)) {
            throw new AssertionError(String.format(
                    Locale.ROOT,
                    "%s: the difference has the length %.3g, allowed %.3g (the reference has the length %.3g)",
                    what,
                    Math.sqrt(squares),
                    allowed,
                    length(expected)));
        }
    }

    private static void sameLength(String what, float[] actual, double[] expected) {
        if (actual.length != expected.length) {
            throw new AssertionError(what + ": has " + actual.length + " elements, not " + expected.length);
        }
    }

    /** The largest absolute value. */
    public static double largest(double[] values) {
        double largest = 0;
        for (double value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    /** The Euclidean length. */
    public static double length(double[] values) {
        double squares = 0;
        for (double value : values) {
            squares += value * value;
        }
        return Math.sqrt(squares);
    }
}
