package io.vertebra.onednn.kernel;

/**
 * The exponential of numbers that are not above 0, in floats and in a form that vectors can repeat bit for bit: {@code e^x
 * = 2^n · e^r}, n the nearest whole number to x / ln 2 and e^r its Taylor series, |r| ≤ ln 2 / 2 (error 1e-8 of the
 * result, below a float's rounding).
 */
final class Exp {
    /** Below it 2^n is no normal number; e to its power is 1.2e-38. */
    static final float LEAST = -87f;

    static final float LOG2_E = (float) (1 / Math.log(2));
    /** Adding it to a small number leaves the nearest whole number in the lowest bits. */
    static final float ROUND = 0x1.8p23f;
    /** ln 2 in two parts; the first has so few bits that its product with n is exact. */
    static final float LN2_HIGH = 355 / 512f;

    static final float LN2_LOW = (float) (Math.log(2) - LN2_HIGH);
    static final float C7 = 1 / 5040f;
    static final float C6 = 1 / 720f;
    static final float C5 = 1 / 120f;
    static final float C4 = 1 / 24f;
    static final float C3 = 1 / 6f;
    static final int BIAS = 127;
    static final int MANTISSA = 23;

    private Exp() {}

    static float of(float x) {
        float t = Math.max(x, LEAST);
        float shifted = t * LOG2_E + ROUND;
        float n = shifted - ROUND;
        float r = t - n * LN2_HIGH - n * LN2_LOW;
        float series = ((((((C7 * r + C6) * r + C5) * r + C4) * r + C3) * r + 0.5f) * r + 1) * r + 1;
        int power = Float.floatToRawIntBits(shifted) - Float.floatToRawIntBits(ROUND) + BIAS;
        return series * Float.intBitsToFloat(power << MANTISSA);
    }
}
