package io.vertebra.graph.reference;

import io.vertebra.graph.engine.CounterHash;
import io.vertebra.graph.op.RegionSamples;
import io.vertebra.graph.region.RegionDrawer;

/** Drawn regions by the algorithm of the project; nothing flows back. */
record SamplesRule(RegionSamples op, Site site) implements Rule {

    @Override
    public double[] forward() {
        long key = CounterHash.key(site.form.seed(), site.form.step(), site.form.microBatch(), site.node.index());
        int pictures = site.xShape(1).n();
        return DoubleTensor.widen(RegionDrawer.draw(op, site.floats(0), site.floats(1), site.ints(2), pictures, key));
    }

    @Override
    public void backward(double[] dy) {}
}
