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
        double wanted = channels * width;
        int rounded = Math.max(DIVISOR, (int) (wanted + DIVISOR / 2.0) / DIVISOR * DIVISOR);
        return rounded < 0.9 * wanted ? rounded + DIVISOR : rounded;
    }
}
