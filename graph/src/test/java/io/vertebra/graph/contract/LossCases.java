package io.vertebra.graph.contract;

import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import java.util.List;

/** Cross entropy over rows and over maps, with every kind of label. */
final class LossCases {
    private LossCases() {}

    static List<OperatorCase> all() {
        return List.of(
                rows("softmax_cross_entropy", Shape.of(8, 10, 1, 1), 0),
                rows("softmax_cross_entropy.smoothing", Shape.of(8, 10, 1, 1), 0.1),
                rows("softmax_cross_entropy.two classes", Shape.of(5, 2, 1, 1), 0.2),
                rows("softmax_cross_entropy.batch 1", Shape.of(1, 5, 1, 1), 0),
                rows("softmax_cross_entropy.1000 classes", Shape.of(3, 1000, 1, 1), 0.1),
                rows("softmax_cross_entropy.large logits", Shape.of(8, 5, 1, 1), 0.1)
                        .withPictures(p -> scaled(p, 64)),
                soft("softmax_cross_entropy.soft labels", Shape.of(8, 10, 1, 1), 0),
                soft("softmax_cross_entropy.soft labels with smoothing", Shape.of(6, 7, 1, 1), 0.1),
                maps("softmax_cross_entropy.of maps", Shape.of(2, 21, 6, 5), 0, SoftmaxCrossEntropy.IGNORE),
                maps("softmax_cross_entropy.of maps, 255 ignored", Shape.of(3, 5, 4, 7), 0.1, 255));
    }

    private static OperatorCase rows(String name, Shape image, double smoothing) {
        return OperatorCase.of(name, image, (g, x) -> {
            var labels = g.input("labels", DataType.I32, Shape.of(Shape.ANY));
            var op = new SoftmaxCrossEntropy(smoothing, SoftmaxCrossEntropy.IGNORE);
            g.output("loss", g.softmaxCrossEntropy(g.flatten(x), labels, op));
        });
    }

    private static OperatorCase soft(String name, Shape image, double smoothing) {
        return OperatorCase.of(name, image, (g, x) -> {
            var labels = g.input("soft_labels", DataType.F32, Shape.of(Shape.ANY, image.c()));
            var op = new SoftmaxCrossEntropy(smoothing, SoftmaxCrossEntropy.IGNORE);
            g.output("loss", g.softmaxCrossEntropy(g.flatten(x), labels, op));
        });
    }

    private static OperatorCase maps(String name, Shape image, double smoothing, int ignore) {
        return OperatorCase.of(name, image, (g, x) -> {
            var labels = g.input("labels", DataType.I32, Shape.of(Shape.ANY, image.h(), image.w()));
            g.output("loss", g.softmaxCrossEntropy(x, labels, new SoftmaxCrossEntropy(smoothing, ignore)));
            g.output("logits", x);
        });
    }

    private static Tensor.Floats scaled(Tensor.Floats picture, float factor) {
        float[] data = picture.data().clone();
        for (int i = 0; i < data.length; i++) {
            data[i] *= factor;
        }
        return new Tensor.Floats(picture.shape(), data);
    }
}
