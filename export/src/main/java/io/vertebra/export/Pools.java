package io.vertebra.export;

import io.vertebra.graph.op.AdaptiveAveragePool;
import io.vertebra.graph.op.AveragePool;
import io.vertebra.graph.op.MaxPool;
import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;

/**
 * Pooling. {@code ceil_mode} is never written: versions and runtimes differ in it. What it would add behind the padding
 * is known at the size of the export.
 */
final class Pools {
    private Pools() {}

    static String max(Site site, MaxPool op) {
        Padding.Explicit padding = site.resolve(op.padding(), op.kernel(), op.stride(), Size.of(1));
        Attributes attributes =
                window(op.kernel(), op.stride()).pads(reaching(site, padding, op.kernel(), op.stride()));
        return site.result("MaxPool", attributes, site.x());
    }

    static String average(Site site, AveragePool op) {
        Padding.Explicit padding = site.resolve(op.padding(), op.kernel(), op.stride(), Size.of(1));
        Padding.Explicit reaching = reaching(site, padding, op.kernel(), op.stride());
        Attributes attributes = window(op.kernel(), op.stride());
        if (!op.countPadding() || reaching.equals(padding)) {
            attributes.pads(reaching).integer("count_include_pad", op.countPadding() ? 1 : 0);
            return site.result("AveragePool", attributes, site.x());
        }
        // the padding counts, what lies behind it does not
        Padding.Explicit behind =
                new Padding.Explicit(0, 0, reaching.bottom() - padding.bottom(), reaching.right() - padding.right());
        attributes.pads(behind).integer("count_include_pad", 0);
        return site.result("AveragePool", attributes, Maps.padded(site, padding));
    }

    private static Attributes window(Size kernel, Size stride) {
        return Attributes.none().size("kernel_shape", kernel).size("strides", stride);
    }

    /** The padding with as much more behind as the last window needs. */
    private static Padding.Explicit reaching(Site site, Padding.Explicit p, Size kernel, Size stride) {
        Shape x = site.in();
        Shape y = site.shape();
        int bottom = (y.h() - 1) * stride.height() + kernel.height() - x.h() - p.top();
        int right = (y.w() - 1) * stride.width() + kernel.width() - x.w() - p.left();
        return new Padding.Explicit(p.top(), p.left(), Math.max(p.bottom(), bottom), Math.max(p.right(), right));
    }

    /** One window a bin where the bins are equal, else means as products with matrices. */
    static String adaptive(Site site, AdaptiveAveragePool op) {
        Shape x = site.in();
        Size grid = op.grid();
        if (grid.area() == 1) {
            return site.result("GlobalAveragePool", site.x());
        }
        if (x.h() % grid.height() == 0 && x.w() % grid.width() == 0) {
            Size bin = new Size(x.h() / grid.height(), x.w() / grid.width());
            return site.result("AveragePool", window(bin, bin), site.x());
        }
        String rows = site.matrix("rows", means(grid.height(), x.h(), false), grid.height(), x.h());
        String columns = site.matrix("columns", means(grid.width(), x.w(), true), x.w(), grid.width());
        return site.result("MatMul", site.step("rows_joined", "MatMul", rows, site.x()), columns);
    }

    /** The share of each cell in each bin. */
    private static float[] means(int bins, int cells, boolean transposed) {
        float[] shares = new float[bins * cells];
        for (int bin = 0; bin < bins; bin++) {
            int from = bin * cells / bins;
            int to = ((bin + 1) * cells + bins - 1) / bins;
            for (int cell = from; cell < to; cell++) {
                shares[transposed ? cell * bins + bin : bin * cells + cell] = 1f / (to - from);
            }
        }
        return shares;
    }
}
