package io.vertebra.backbones;

/** Channel counts of networks whose width is scaled by a factor. */
final class Widths {
    private static final int DIVISOR = 8;

    private Widths() {}

    /**
     * The multiple of 8 nearest to {@code channels · width}, at least 8, and never below 90% of the product: {@code
     * _make_divisible} of the MobileNet authors' code.
     */
    static int scale(int channels, double width) {
        return multiple(channels * width, DIVISOR);
    }

    /** The multiple of 8 nearest to {@code channels · width}, at least 8, however far below. */
    static int nearest(int channels, double width) {
        return Math.max(DIVISOR, (int) Math.floor(channels * width / DIVISOR + 0.5) * DIVISOR);
    }

    /** The multiple of a divisor that {@link #scale} takes of 8. */
    static int multiple(double wanted, int divisor) {
        int rounded = Math.max(divisor, (int) (wanted + divisor / 2.0) / divisor * divisor);
        return rounded < 0.9 * wanted ? rounded + divisor : rounded;
    }
}
