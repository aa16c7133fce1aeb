package io.vertebra.graph.contract;

import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.AveragePool;
import io.vertebra.graph.op.MaxPool;
import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import java.util.List;

/** Pooling with fixed windows and with a fixed grid. */
final class PoolingCases {
    private PoolingCases() {}

    static List<OperatorCase> all() {
        return List.of(
                max("max_pool.3x3 stride 2", Shape.of(2, 16, 9, 8), pool(3, 2, Padding.of(1), false)),
                max("max_pool.2x2", Shape.of(2, 5, 8, 6), pool(2, 2, Padding.none(), false)),
                max("max_pool.3x3 stride 1", Shape.of(1, 24, 5, 7), pool(3, 1, Padding.of(1), false)),
                max("max_pool.2x2 stride 3 leaves cells out", Shape.of(1, 3, 8, 8), pool(2, 3, Padding.none(), false)),
                max("max_pool.ceil", Shape.of(2, 16, 10, 7), pool(3, 2, Padding.none(), true)),
                max("max_pool.ceil, last window dropped", Shape.of(1, 4, 6, 5), pool(2, 4, Padding.of(1), true)),
                max("max_pool.same", Shape.of(2, 16, 8, 7), pool(3, 2, Padding.same(), false)),
                max("max_pool.asymmetric", Shape.of(1, 100, 8, 8), pool(3, 2, new Padding.Explicit(0, 1, 1, 0), false)),
                max(
                        "max_pool.2x3",
                        Shape.of(2, 6, 7, 8),
                        new MaxPool(new Size(2, 3), new Size(1, 2), new Padding.Explicit(1, 0, 0, 2), false)),
                max("max_pool.whole map", Shape.of(2, 8, 4, 4), pool(4, 4, Padding.none(), false)),
                max("max_pool.negative at the border", Shape.of(2, 16, 6, 6), pool(3, 2, Padding.of(1), false))
                        .withPictures(PoolingCases::negative),
                max("max_pool.ties go to the first", Shape.of(2, 16, 8, 8), pool(3, 2, Padding.of(1), false))
                        .withPictures(PoolingCases::whole),
                average("average_pool.2x2", Shape.of(2, 16, 8, 6), pool(2, 2, Padding.none(), false), true),
                average(
                        "average_pool.3x3 padded, counted",
                        Shape.of(2, 16, 9, 8),
                        pool(3, 2, Padding.of(1), false),
                        true),
                average(
                        "average_pool.3x3 padded, not counted",
                        Shape.of(2, 24, 8, 9),
                        pool(3, 1, Padding.of(1), false),
                        false),
                average("average_pool.5 channels", Shape.of(1, 5, 7, 7), pool(3, 2, Padding.of(1), false), false),
                average("average_pool.ceil, counted", Shape.of(2, 16, 8, 7), pool(3, 2, Padding.of(1), true), true),
                average(
                        "average_pool.ceil, not counted",
                        Shape.of(2, 16, 8, 7),
                        pool(3, 2, Padding.of(1), true),
                        false),
                average(
                        "average_pool.ceil without padding",
                        Shape.of(1, 100, 6, 5),
                        pool(2, 2, Padding.none(), true),
                        true),
                average(
                        "average_pool.same, not counted",
                        Shape.of(1, 16, 7, 8),
                        pool(3, 2, Padding.same(), false),
                        false),
                average(
                        "average_pool.asymmetric, counted",
                        Shape.of(1, 8, 7, 8),
                        pool(3, 2, new Padding.Explicit(0, 1, 2, 0), false),
                        true),
                average(
                        "average_pool.every second cell",
                        Shape.of(2, 16, 7, 8),
                        pool(1, 2, Padding.none(), false),
                        true),
                average(
                        "average_pool.2x3",
                        Shape.of(2, 6, 7, 8),
                        new MaxPool(new Size(2, 3), new Size(1, 2), Padding.none(), false),
                        true),
                adaptive("adaptive_average_pool.global", Shape.of(2, 32, 7, 7), Size.of(1)),
                adaptive("adaptive_average_pool.global of 5 channels", Shape.of(1, 5, 4, 9), Size.of(1)),
                adaptive("adaptive_average_pool.even", Shape.of(2, 16, 8, 6), new Size(4, 3)),
                adaptive("adaptive_average_pool.uneven 3x2", Shape.of(2, 16, 7, 9), new Size(3, 2)),
                adaptive("adaptive_average_pool.6x6 of 13x11", Shape.of(1, 24, 13, 11), Size.of(6)),
                adaptive("adaptive_average_pool.more bins than cells", Shape.of(1, 3, 3, 2), new Size(7, 5)),
                adaptive("adaptive_average_pool.as it is", Shape.of(2, 8, 5, 4), new Size(5, 4)));
    }

    private static MaxPool pool(int kernel, int stride, Padding padding, boolean ceil) {
        return new MaxPool(Size.of(kernel), Size.of(stride), padding, ceil);
    }

    private static OperatorCase max(String name, Shape image, MaxPool op) {
        return OperatorCase.of(name, image, (g, x) -> g.output("y", g.maxPool(x, op)));
    }

    private static OperatorCase average(String name, Shape image, MaxPool like, boolean countPadding) {
        AveragePool op = new AveragePool(like.kernel(), like.stride(), like.padding(), like.ceil(), countPadding);
        return OperatorCase.of(name, image, (g, x) -> g.output("y", g.averagePool(x, op)));
    }

    private static OperatorCase adaptive(String name, Shape image, Size grid) {
        return OperatorCase.of(name, image, (g, x) -> g.output("y", g.adaptiveAveragePool(x, grid)));
    }

    private static Tensor.Floats negative(Tensor.Floats picture) {
        float[] data = picture.data().clone();
        for (int i = 0; i < data.length; i++) {
            data[i] = -Math.abs(data[i]) - 1;
        }
        return new Tensor.Floats(picture.shape(), data);
    }

    private static Tensor.Floats whole(Tensor.Floats picture) {
        float[] data = picture.data().clone();
        for (int i = 0; i < data.length; i++) {
            data[i] = Math.round(data[i]);
        }
        return new Tensor.Floats(picture.shape(), data);
    }
}
