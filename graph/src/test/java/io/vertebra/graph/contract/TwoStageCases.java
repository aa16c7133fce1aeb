package io.vertebra.graph.contract;

import io.vertebra.graph.contract.TwoStageGraphs.Choice;
import io.vertebra.graph.op.RegionSamples;
import io.vertebra.graph.op.Shape;
import java.util.List;

/** Two-stage detectors in small: see {@link TwoStageGraphs}. */
final class TwoStageCases {
    private static final Shape IMAGE = Shape.of(3, 3, 32, 40);

    private TwoStageCases() {}

    static List<OperatorCase> all() {
        return List.of(
                OperatorCase.of("two stages", IMAGE, (g, x) -> TwoStageGraphs.detector(g, x, Choice.USUAL)),
                OperatorCase.of(
                        "two stages.everything is a sample",
                        IMAGE,
                        (g, x) -> TwoStageGraphs.detector(g, x, Choice.ALL)),
                OperatorCase.of(
                        "two stages.of one picture",
                        Shape.of(1, 3, 32, 40),
                        (g, x) -> TwoStageGraphs.detector(g, x, Choice.USUAL)),
                OperatorCase.of(
                        "two stages.the second",
                        Shape.of(3, 10, 12, 14),
                        (g, x) -> TwoStageGraphs.second(g, x, new RegionSamples(8, 0.5, 0.5))));
    }
}
