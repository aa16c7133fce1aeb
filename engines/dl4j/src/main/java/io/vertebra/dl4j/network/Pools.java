package io.vertebra.dl4j.network;

import io.vertebra.graph.op.AdaptiveAveragePool;
import io.vertebra.graph.op.AveragePool;
import io.vertebra.graph.op.MaxPool;
import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;

/** Pooling: DL4J's own where the padding is even and no window incomplete. */
final class Pools {
    private Pools() {}

    static String max(Place place, MaxPool op) {
        Padding.Explicit p = place.resolve(op.padding(), op.kernel(), op.stride(), Size.of(1));
        if (isEven(p) && !op.ceil()) {
            return place.result(stock(PoolingType.MAX, op.kernel(), op.stride(), p.top(), p.left(), false), place.x());
        }
        Shape x = place.sized();
        Shape y = place.shape();
        int bottom = (y.h() - 1) * op.stride().height() + op.kernel().height() - x.h() - p.top();
        int right = (y.w() - 1) * op.stride().width() + op.kernel().width() - x.w() - p.left();
        Padding.Explicit all =
                new Padding.Explicit(p.top(), p.left(), Math.max(p.bottom(), bottom), Math.max(p.right(), right));
        String padded = place.step("padded", PaddingLayer.lowest(all), place.x());
        return place.result(stock(PoolingType.MAX, op.kernel(), op.stride(), 0, 0, false), padded);
    }

    static String average(Place place, AveragePool op) {
        Padding.Explicit p = place.resolve(op.padding(), op.kernel(), op.stride(), Size.of(1));
        if (isEven(p) && !op.ceil()) {
            return place.result(
                    stock(PoolingType.AVG, op.kernel(), op.stride(), p.top(), p.left(), op.countPadding()), place.x());
        }
        Shape x = place.sized();
        Shape y = place.shape();
        double[][] rows = Axis.windows(
                x.h(), y.h(), op.kernel().height(), op.stride().height(), p.top(), p.bottom(), op.countPadding());
        double[][] columns = Axis.windows(
                x.w(), y.w(), op.kernel().width(), op.stride().width(), p.left(), p.right(), op.countPadding());
        return place.result(new GridLayer(rows, columns), place.x());
    }

    private static boolean isEven(Padding.Explicit p) {
        return p.top() == p.bottom() && p.left() == p.right();
    }

    private static SubsamplingLayer stock(
            PoolingType type, Size kernel, Size stride, int rows, int columns, boolean counted) {
        return new SubsamplingLayer.Builder(
                        type,
                        new int[] {kernel.height(), kernel.width()},
                        new int[] {stride.height(), stride.width()},
                        new int[] {rows, columns})
                .avgPoolIncludePadInDivisor(counted)
                .build();
    }

    static String adaptive(Place place, AdaptiveAveragePool op) {
        if (op.grid().area() == 1) {
            return place.result(
                    new GlobalPoolingLayer.Builder(PoolingType.AVG)
                            .collapseDimensions(false)
                            .build(),
                    place.x());
        }
        Shape x = place.sized();
        double[][] rows = Axis.bins(x.h(), op.grid().height());
        double[][] columns = Axis.bins(x.w(), op.grid().width());
        return place.result(new GridLayer(rows, columns), place.x());
    }
}
