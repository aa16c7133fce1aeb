package io.vertebra.graph.reference;

import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;

/** The windows of a pooling operator: for each output cell the rows and columns of the input that it sees. */
record PoolWindow(Shape x, Shape y, Size kernel, Size stride, Padding.Explicit padding) {

    /** An output cell with its window inside the input, and the cells of the window inside input and padding. */
    interface Cell {
        void at(int cell, int plane, int top, int bottom, int left, int right, int paddedArea);
    }

    static PoolWindow of(Site site, Size kernel, Size stride, Padding padding) {
        Shape x = site.xShape(0);
        Padding.Explicit p = padding.resolve(new Size(x.h(), x.w()), kernel, stride, Size.of(1));
        return new PoolWindow(x, site.shape, kernel, stride, p);
    }

    void each(Cell body) {
        for (int plane = 0; plane < y.n() * y.c(); plane++) {
            for (int i = 0; i < y.h(); i++) {
                for (int j = 0; j < y.w(); j++) {
                    int top = i * stride.height() - padding.top();
                    int left = j * stride.width() - padding.left();
                    int bottom = Math.min(top + kernel.height(), x.h() + padding.bottom());
                    int right = Math.min(left + kernel.width(), x.w() + padding.right());
                    int area = (bottom - top) * (right - left);
                    int cell = (plane * y.h() + i) * y.w() + j;
                    body.at(
                            cell,
                            plane,
                            Math.max(top, 0),
                            Math.min(bottom, x.h()),
                            Math.max(left, 0),
                            Math.min(right, x.w()),
                            area);
                }
            }
        }
    }

    int index(int plane, int row, int column) {
        return (plane * x.h() + row) * x.w() + column;
    }
}
