package io.vertebra.graph.contract;

import io.vertebra.graph.Conventions;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.BatchNorm;
import io.vertebra.graph.op.Pad;
import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.Shape;
import java.util.ArrayList;
import java.util.List;

/** Norms, activations, sums, joins, padding, dropout. */
final class PointwiseCases {
    private static final float[] KINKS = {0, 6, -0f, 3, -3};

    private PointwiseCases() {}

    static List<OperatorCase> all() {
        List<OperatorCase> cases = new ArrayList<>(List.of(
                norm("batch_norm", Shape.of(4, 16, 6, 5)),
                norm("batch_norm.5 channels", Shape.of(2, 5, 7, 3)),
                norm("batch_norm.100 channels", Shape.of(3, 100, 4, 4)),
                norm("batch_norm.batch 1", Shape.of(1, 24, 8, 7)),
                norm("batch_norm.1x1 maps", Shape.of(8, 32, 1, 1)),
                norm("batch_norm.large mean", Shape.of(4, 16, 6, 6)).withPictures(p -> affine(p, 0.5, 3)),
                OperatorCase.of(
                        "batch_norm.of vectors",
                        Shape.of(6, 10, 1, 1),
                        (g, x) -> g.output("y", g.batchNorm("bn", g.flatten(x)))),
                OperatorCase.of(
                        "batch_norm.epsilon 1e-3, momentum 0.01",
                        Shape.of(3, 16, 5, 5),
                        (g, x) -> g.output("y", g.named("bn", new BatchNorm(1e-3, 0.01, false, 1), x))),
                OperatorCase.ofAnySize(
                        "batch_norm.frozen",
                        Shape.of(3, 24, 5, 6),
                        new Conventions(false, null, true),
                        (g, x) -> g.output("y", g.batchNorm("bn", x))),
                OperatorCase.of(
                        "add",
                        Shape.of(2, 16, 5, 7),
                        (g, x) -> g.output("y", g.add(x, g.activation(Activation.Function.TANH, x)))),
                OperatorCase.of(
                        "add.of 3 channels to itself", Shape.of(1, 3, 4, 5), (g, x) -> g.output("y", g.add(x, x))),
                OperatorCase.of("add.of vectors", Shape.of(3, 10, 1, 1), (g, x) -> {
                    var v = g.flatten(x);
                    g.output("y", g.add(v, g.activation(Activation.Function.SIGMOID, v)));
                }),
                OperatorCase.of(
                        "subtract",
                        Shape.of(2, 16, 5, 7),
                        (g, x) -> g.output("y", g.subtract(x, g.activation(Activation.Function.TANH, x)))),
                OperatorCase.of(
                        "subtract.of 5 channels, from a function",
                        Shape.of(1, 5, 4, 3),
                        (g, x) -> g.output("y", g.subtract(g.activation(Activation.Function.SIGMOID, x), x))),
                OperatorCase.of("subtract.of 1x1 maps", Shape.of(5, 24, 1, 1), (g, x) -> {
                    var a = g.slice(x, 0, 12);
                    var b = g.slice(x, 12, 24);
                    g.output("y", g.activation(Activation.Function.SIGMOID, g.subtract(a, b)));
                    g.output("rest", g.activation(Activation.Function.SIGMOID, g.subtract(b, a)));
                }),
                OperatorCase.of("subtract.of vectors", Shape.of(3, 10, 1, 1), (g, x) -> {
                    var v = g.flatten(x);
                    g.output("y", g.subtract(v, g.activation(Activation.Function.SIGMOID, v)));
                }),
                OperatorCase.of(
                        "scaled_add",
                        Shape.of(2, 16, 5, 7),
                        (g, x) -> g.output("y", g.scaledAdd(x, 0.17, g.activation(Activation.Function.TANH, x)))),
                OperatorCase.of(
                        "scaled_add.of 5 channels, from a function, below 0",
                        Shape.of(1, 5, 4, 3),
                        (g, x) -> g.output("y", g.scaledAdd(g.activation(Activation.Function.SIGMOID, x), -2.5, x))),
                OperatorCase.of(
                        "scaled_add.of 3 channels to itself",
                        Shape.of(1, 3, 4, 5),
                        (g, x) -> g.output("y", g.scaledAdd(x, 3, x))),
                OperatorCase.of("scaled_add.of 1x1 maps, one factor twice", Shape.of(5, 24, 1, 1), (g, x) -> {
                    var y = g.scaledAdd(x, 0.1, g.activation(Activation.Function.SIGMOID, x));
                    g.output("y", g.scaledAdd(g.activation(Activation.Function.TANH, y), 0.1, y));
                }),
                OperatorCase.of("scaled_add.of vectors", Shape.of(3, 10, 1, 1), (g, x) -> {
                    var v = g.flatten(x);
                    g.output("y", g.scaledAdd(v, 0.5, g.activation(Activation.Function.SIGMOID, v)));
                }),
                OperatorCase.of(
                        "scaled_add.of nothing",
                        Shape.of(2, 8, 3, 3),
                        (g, x) -> g.output("y", g.scaledAdd(x, 0, g.activation(Activation.Function.TANH, x)))),
                OperatorCase.of(
                        "concat.of 16 and 16",
                        Shape.of(2, 16, 5, 5),
                        (g, x) -> g.output("y", g.concat(x, g.activation(Activation.Function.TANH, x)))),
                OperatorCase.of(
                        "concat.of 3 and 3 and 3",
                        Shape.of(2, 3, 5, 4),
                        (g, x) -> g.output(
                                "y",
                                g.concat(
                                        g.activation(Activation.Function.SIGMOID, x),
                                        x,
                                        g.activation(Activation.Function.TANH, x)))),
                OperatorCase.of(
                        "concat.of one with itself", Shape.of(1, 24, 4, 4), (g, x) -> g.output("y", g.concat(x, x))),
                OperatorCase.of("concat.of one", Shape.of(2, 8, 4, 4), (g, x) -> g.output("y", g.concat(x))),
                OperatorCase.of("concat.of vectors", Shape.of(3, 7, 1, 1), (g, x) -> {
                    var v = g.flatten(x);
                    g.output("y", g.concat(v, g.activation(Activation.Function.TANH, v)));
                }),
                pad("pad.channels on both sides", Shape.of(2, 16, 5, 4), new Pad(8, 8, Padding.none())),
                pad("pad.channels behind", Shape.of(1, 5, 4, 4), new Pad(0, 3, Padding.none())),
                pad("pad.channels before", Shape.of(2, 16, 3, 4), new Pad(16, 0, Padding.none())),
                pad("pad.space", Shape.of(2, 16, 4, 5), new Pad(0, 0, new Padding.Explicit(1, 2, 3, 0))),
                pad("pad.everything", Shape.of(2, 3, 4, 5), new Pad(1, 2, new Padding.Explicit(3, 0, 1, 2))),
                pad("pad.nothing", Shape.of(2, 8, 3, 3), new Pad(0, 0, Padding.none())),
                OperatorCase.of("flatten.of a map", Shape.of(2, 24, 3, 5), (g, x) -> g.output("y", g.flatten(x))),
                OperatorCase.of("flatten.of 5 channels", Shape.of(1, 5, 2, 3), (g, x) -> g.output("y", g.flatten(x))),
                drop("dropout", Shape.of(4, 16, 5, 4), 0.5),
                drop("dropout.of few", Shape.of(2, 24, 3, 3), 0.1),
                OperatorCase.of(
                        "dropout.of vectors",
                        Shape.of(8, 100, 1, 1),
                        (g, x) -> g.output("y", g.dropout(g.flatten(x), 0.2))),
                OperatorCase.of(
                        "dropout.twice",
                        Shape.of(2, 5, 6, 6),
                        (g, x) -> g.output("y", g.add(g.dropout(x, 0.5), g.dropout(x, 0.5)))),
                OperatorCase.of("drop_path", Shape.of(16, 8, 3, 3), (g, x) -> g.output("y", g.dropPath(x, 0.4))),
                OperatorCase.of(
                        "drop_path.of a branch",
                        Shape.of(9, 24, 3, 2),
                        (g, x) ->
                                g.output("y", g.add(x, g.dropPath(g.activation(Activation.Function.TANH, x), 0.2))))));
        for (Activation.Function function : Activation.Function.values()) {
            cases.add(activation(function, "", Shape.of(2, 16, 5, 4)));
            cases.add(activation(function, ".odd", Shape.of(1, 5, 7, 3)));
            cases.add(
                    activation(function, ".large values", Shape.of(2, 24, 3, 3)).withPictures(p -> affine(p, 20, 0)));
            cases.add(activation(function, ".at kinks", Shape.of(2, 16, 2, 3)).withPictures(PointwiseCases::kinks));
        }
        return cases;
    }

    private static OperatorCase norm(String name, Shape image) {
        return OperatorCase.of(name, image, (g, x) -> g.output("y", g.batchNorm("bn", x)));
    }

    private static OperatorCase pad(String name, Shape image, Pad op) {
        return OperatorCase.of(name, image, (g, x) -> g.output("y", g.pad(x, op)));
    }

    private static OperatorCase drop(String name, Shape image, double rate) {
        return OperatorCase.of(name, image, (g, x) -> g.output("y", g.dropout(x, rate)));
    }

    private static OperatorCase activation(Activation.Function function, String of, Shape image) {
        String name = "activation." + function.name().toLowerCase(java.util.Locale.ROOT) + of;
        return OperatorCase.of(name, image, (g, x) -> g.output("y", g.activation(function, x)));
    }

    static Tensor.Floats affine(Tensor.Floats picture, double factor, double addend) {
        float[] data = picture.data().clone();
        for (int i = 0; i < data.length; i++) {
            data[i] = (float) (data[i] * factor + addend);
        }
        return new Tensor.Floats(picture.shape(), data);
    }

    private static Tensor.Floats kinks(Tensor.Floats picture) {
        float[] data = new float[picture.data().length];
        for (int i = 0; i < data.length; i++) {
            data[i] = KINKS[i % KINKS.length];
        }
        return new Tensor.Floats(picture.shape(), data);
    }
}
