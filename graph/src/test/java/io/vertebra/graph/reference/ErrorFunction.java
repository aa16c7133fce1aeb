package io.vertebra.graph.reference;

/** The error function in float64. */
final class ErrorFunction {
    /** From here on it is ±1 to the last bit. */
    private static final double FLAT = 6;

    /** A term this much smaller than the sum adds nothing to it. */
    private static final double LAST = 0x1p-54;

    private ErrorFunction() {}

    /** {@code 2/√π · e^−x² · Σ 2ⁿ x²ⁿ⁺¹ / (1 · 3 · … · (2n + 1))}, all of one sign (Abramowitz and Stegun, 7.1.6). */
    static double of(double x) {
        if (Math.abs(x) >= FLAT) {
            return Math.signum(x);
        }
        double sum = 0;
        double term = x;
        for (int n = 1; Math.abs(term) > LAST * Math.abs(sum); n++) {
            sum += term;
            term *= 2 * x * x / (2 * n + 1);
        }
        return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
    }
}
