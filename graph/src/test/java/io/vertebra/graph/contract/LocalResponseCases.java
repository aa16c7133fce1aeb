package io.vertebra.graph.contract;

import io.vertebra.graph.Conv;
import io.vertebra.graph.Conventions;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.LocalResponseNorm;
import io.vertebra.graph.op.Shape;
import java.util.List;

/** Local response norms; α is large, so that neighbours count. */
final class LocalResponseCases {
    private LocalResponseCases() {}

    static List<OperatorCase> all() {
        return List.of(
                norm("5 of 16", Shape.of(2, 16, 5, 4), new LocalResponseNorm(5, 1, 0.75, 2)),
                norm("3 of 24", Shape.of(1, 24, 3, 7), new LocalResponseNorm(3, 2, 0.5, 1)),
                norm("4 of 19", Shape.of(3, 19, 4, 3), new LocalResponseNorm(4, 1.5, 0.75, 1)),
                norm("2 of 8", Shape.of(2, 8, 3, 3), new LocalResponseNorm(2, 1, 1.25, 0.5)),
                norm("7 of 40", Shape.of(2, 40, 2, 5), new LocalResponseNorm(7, 3, 0.75, 1)),
                norm("18 of 40", Shape.of(2, 40, 3, 2), new LocalResponseNorm(18, 4, 1, 1)),
                norm("each alone", Shape.of(2, 6, 4, 4), new LocalResponseNorm(1, 0.5, 0.75, 1)),
                norm("5 of 3", Shape.of(2, 3, 5, 4), new LocalResponseNorm(5, 1, 0.75, 1)),
                norm("12 of 2", Shape.of(4, 2, 3, 4), new LocalResponseNorm(12, 2, 0.6, 2)),
                norm("one channel, batch 1", Shape.of(1, 1, 4, 4), new LocalResponseNorm(3, 1, 0.75, 2)),
                norm("of 1x1 maps", Shape.of(5, 32, 1, 1), new LocalResponseNorm(5, 1, 0.75, 1)),
                norm("without neighbours", Shape.of(2, 16, 3, 3), new LocalResponseNorm(5, 0, 0.75, 2)),
                norm("power 0", Shape.of(2, 5, 3, 3), new LocalResponseNorm(5, 1, 0, 2)),
                OperatorCase.ofAnySize(
                        "local_response_norm.of a conv of any size",
                        Shape.of(2, 3, 6, 7),
                        Conventions.DEFAULT,
                        (g, x) -> {
                            Node y = g.relu(g.conv("conv", x, Conv.of(3, 24)));
                            Node norm = g.localResponseNorm(y, new LocalResponseNorm(5, 1, 0.75, 2));
                            g.output("y", g.maxPool(norm, 3, 2, 0));
                            g.output("conv", y);
                        }));
    }

    private static OperatorCase norm(String name, Shape image, LocalResponseNorm op) {
        return OperatorCase.of(
                "local_response_norm." + name, image, (g, x) -> g.output("y", g.localResponseNorm(x, op)));
    }
}
