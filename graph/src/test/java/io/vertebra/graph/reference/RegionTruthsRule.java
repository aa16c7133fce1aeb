package io.vertebra.graph.reference;

import io.vertebra.graph.op.RegionLabels;
import io.vertebra.graph.op.RegionTargets;
import io.vertebra.graph.region.RegionMatcher;
import java.util.Arrays;
import java.util.function.Supplier;

/** What regions should say, by the algorithm of the project; nothing flows back. */
record RegionTruthsRule(Supplier<double[]> values) implements Rule {

    static RegionTruthsRule labels(RegionLabels op, Site site) {
        return new RegionTruthsRule(() -> Arrays.stream(RegionMatcher.labels(
                        op,
                        site.floats(0),
                        site.floats(1),
                        site.ints(2),
                        site.xShape(1).n()))
                .asDoubleStream()
                .toArray());
    }

    static RegionTruthsRule targets(RegionTargets op, Site site) {
        return new RegionTruthsRule(() -> DoubleTensor.widen(RegionMatcher.targets(
                op, site.floats(0), site.floats(1), site.ints(2), site.xShape(1).n())));
    }

    @Override
    public double[] forward() {
        return values.get();
    }

    @Override
    public void backward(double[] dy) {}
}
