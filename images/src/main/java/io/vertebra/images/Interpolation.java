package io.vertebra.images;

/** The resampling filters, by the names that configs use. */
public enum Interpolation {
    /** A triangle of radius 1. */
    BILINEAR(1) {
        @Override
        double weight(double t) {
            return Math.max(0, 1 - Math.abs(t));
        }
    },
    /** Keys' cubic convolution of radius 2 with a = -0.5. */
    BICUBIC(2) {
        @Override
        double weight(double t) {
            double a = -0.5;
            double x = Math.abs(t);
            if (x < 1) {
                return ((a + 2) * x - (a + 3)) * x * x + 1;
            }
            return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
        }
    };

    private final int radius;

    Interpolation(int radius) {
        this.radius = radius;
    }

    int radius() {
        return radius;
    }

    abstract double weight(double t);
}
