package io.vertebra.datasets.formats;

import java.util.List;

/** The figures that {@code shapes} draws, each as a signed distance: below 0 inside; the figure fills most of the unit circle. */
enum Shape {
    CIRCLE {
        @Override
        double distance(double x, double y) {
            return Math.sqrt(x * x + y * y) - 0.9;
        }
    },
    SQUARE {
        @Override
        double distance(double x, double y) {
            return box(x, y, 0.74, 0.74);
        }
    },
    TRIANGLE {
        @Override
        double distance(double x, double y) {
            return Math.max(y, Math.abs(x) * HALF_ROOT_3 - y / 2) - 0.5; // three half-planes at 120 degrees
        }
    },
    STAR {
        @Override
        double distance(double x, double y) {
            return polygon(x, y, STAR_CORNERS);
        }
    },
    RING {
        @Override
        double distance(double x, double y) {
            return Math.abs(Math.sqrt(x * x + y * y) - 0.72) - 0.2;
        }
    },
    CROSS {
        @Override
        double distance(double x, double y) {
            return Math.min(box(x, y, 0.95, 0.27), box(x, y, 0.27, 0.95));
        }
    },
    CRESCENT {
        @Override
        double distance(double x, double y) {
            double cut = Math.sqrt((x - 0.5) * (x - 0.5) + y * y);
            return Math.max(Math.sqrt(x * x + y * y) - 0.95, 0.75 - cut);
        }
    },
    ARROW {
        @Override
        double distance(double x, double y) {
            return polygon(x, y, ARROW_CORNERS);
        }
    };

    /** In the order of the class indices. */
    static final List<Shape> ALL = List.of(values());

    private static final double HALF_ROOT_3 = Math.sqrt(3) / 2;
    private static final double[] STAR_CORNERS = star(5, 1, 0.42);
    private static final double[] ARROW_CORNERS = {
        0.95, 0, 0.1, 0.75, 0.1, 0.26, -0.9, 0.26, -0.9, -0.26, 0.1, -0.26, 0.1, -0.75
    };

    /** Distance from a point to the outline, negative inside. */
    abstract double distance(double x, double y);

    private static double box(double x, double y, double halfWidth, double halfHeight) {
        return Math.max(Math.abs(x) - halfWidth, Math.abs(y) - halfHeight);
    }

    private static double[] star(int points, double outer, double inner) {
        double[] corners = new double[4 * points];
        for (int i = 0; i < 2 * points; i++) {
            double radius = i % 2 == 0 ? outer : inner;
            corners[2 * i] = radius * StrictMath.cos(Math.PI * i / points);
            corners[2 * i + 1] = radius * StrictMath.sin(Math.PI * i / points);
        }
        return corners;
    }

    /** Distance to the nearest edge; the sign by counting the edges that a ray to the right crosses. */
    private static double polygon(double x, double y, double... corners) {
        double nearest = Double.MAX_VALUE;
        boolean inside = false;
        double ax = corners[corners.length - 2];
        double ay = corners[corners.length - 1];
        for (int i = 0; i < corners.length; i += 2) {
            double bx = corners[i];
            double by = corners[i + 1];
            double ex = bx - ax;
            double ey = by - ay;
            double t = Math.max(0, Math.min(1, ((x - ax) * ex + (y - ay) * ey) / (ex * ex + ey * ey)));
            double dx = x - ax - t * ex;
            double dy = y - ay - t * ey;
            nearest = Math.min(nearest, dx * dx + dy * dy);
            if (ay > y != by > y && x < ax + (y - ay) / ey * ex) {
                inside = !inside;
            }
            ax = bx;
            ay = by;
        }
        return inside ? -Math.sqrt(nearest) : Math.sqrt(nearest);
    }
}
