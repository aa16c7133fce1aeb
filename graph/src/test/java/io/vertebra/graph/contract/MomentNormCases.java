package io.vertebra.graph.contract;

import static io.vertebra.graph.contract.PointwiseCases.affine;

import io.vertebra.graph.Conventions;
import io.vertebra.graph.op.GroupNorm;
import io.vertebra.graph.op.Shape;
import java.util.List;

/** Layer and group norms. */
final class MomentNormCases {
    private static final double EPSILON = 1e-6;

    private MomentNormCases() {}

    static List<OperatorCase> all() {
        return List.of(
                layer("layer_norm", Shape.of(2, 16, 5, 7), EPSILON),
                layer("layer_norm.5 channels", Shape.of(1, 5, 7, 3), EPSILON),
                layer("layer_norm.24 channels", Shape.of(3, 24, 4, 5), EPSILON),
                layer("layer_norm.96 channels", Shape.of(2, 96, 7, 7), EPSILON),
                layer("layer_norm.100 channels", Shape.of(1, 100, 4, 4), EPSILON),
                layer("layer_norm.1x1 maps", Shape.of(8, 32, 1, 1), EPSILON),
                layer("layer_norm.large mean", Shape.of(4, 16, 6, 6), EPSILON).withPictures(p -> affine(p, 0.5, 3)),
                // without ε, or with a larger one, the values were others
                layer("layer_norm.small values", Shape.of(2, 24, 3, 5), EPSILON).withPictures(p -> affine(p, 1e-3, 0)),
                layer("layer_norm.epsilon 0.1", Shape.of(2, 16, 5, 4), 0.1),
                OperatorCase.ofAnySize(
                        "layer_norm.of any size",
                        Shape.of(3, 40, 5, 6),
                        Conventions.DEFAULT,
                        (g, x) -> g.output("y", g.layerNorm("norm", x, EPSILON))),
                vectors("layer_norm.of vectors", Shape.of(6, 10, 1, 1)),
                vectors("layer_norm.of one vector", Shape.of(1, 100, 1, 1)),
                vectors("layer_norm.of vectors of 32", Shape.of(5, 32, 1, 1)),
                group("group_norm", Shape.of(2, 64, 5, 4), 32),
                group("group_norm.1 group", Shape.of(3, 16, 4, 5), 1),
                group("group_norm.1 group of 5 channels", Shape.of(2, 5, 3, 7), 1),
                group("group_norm.2 groups of 3 channels", Shape.of(1, 6, 7, 3), 2),
                group("group_norm.3 groups of 5 channels", Shape.of(2, 15, 4, 4), 3),
                group("group_norm.8 groups of 3 channels", Shape.of(2, 24, 5, 5), 8),
                group("group_norm.4 groups of 25 channels", Shape.of(2, 100, 3, 4), 4),
                group("group_norm.2 groups of 16 channels", Shape.of(2, 32, 3, 3), 2),
                group("group_norm.each channel", Shape.of(4, 16, 3, 5), 16),
                group("group_norm.1x1 maps", Shape.of(4, 24, 1, 1), 3),
                group("group_norm.large mean", Shape.of(2, 16, 6, 6), 4).withPictures(p -> affine(p, 0.5, 3)),
                group("group_norm.small values", Shape.of(2, 24, 3, 5), 8).withPictures(p -> affine(p, 3e-3, 0)),
                OperatorCase.ofAnySize(
                        "group_norm.of any size",
                        Shape.of(3, 48, 5, 6),
                        Conventions.DEFAULT,
                        (g, x) -> g.output("y", g.groupNorm("norm", x, groups(16)))));
    }

    private static OperatorCase layer(String name, Shape image, double epsilon) {
        return OperatorCase.of(name, image, (g, x) -> g.output("y", g.layerNorm("norm", x, epsilon)));
    }

    private static OperatorCase vectors(String name, Shape image) {
        return OperatorCase.of(name, image, (g, x) -> g.output("y", g.layerNorm("norm", g.flatten(x), EPSILON)));
    }

    private static OperatorCase group(String name, Shape image, int groups) {
        return OperatorCase.of(name, image, (g, x) -> g.output("y", g.groupNorm("norm", x, groups(groups))));
    }

    private static GroupNorm groups(int groups) {
        return new GroupNorm(groups, 1e-5, 1);
    }
}
