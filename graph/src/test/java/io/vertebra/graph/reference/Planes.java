package io.vertebra.graph.reference;

import io.vertebra.graph.op.Shape;

/** The planes (n, c) of a map, or the single elements of (N, C). */
final class Planes {
    private Planes() {}

    /** A plane: its number n·C + c, its channel, and where its elements lie. */
    interface Plane {
        void at(int plane, int channel, int from, int to);
    }

    static int area(Shape shape) {
        return shape.h() * shape.w();
    }

    static void each(Shape shape, Plane body) {
        int area = area(shape);
        for (int plane = 0; plane < shape.n() * shape.c(); plane++) {
            body.at(plane, plane % shape.c(), plane * area, (plane + 1) * area);
        }
    }

    static double sum(double[] values, int from, int to) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += values[i];
        }
        return sum;
    }
}
