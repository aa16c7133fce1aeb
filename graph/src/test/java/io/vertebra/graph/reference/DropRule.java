package io.vertebra.graph.reference;

import io.vertebra.graph.engine.CounterHash;
import io.vertebra.graph.op.DropPath;
import io.vertebra.graph.op.Dropout;

/**
 * Each unit is zeroed where its uniform number is below the rate, and scaled by 1 / (1 − rate) elsewhere; in inference
 * nothing happens.
 *
 * @param unit elements that share one number: 1 for dropout, a sample's for drop path
 */
record DropRule(double rate, int unit, Site site) implements Rule {

    static DropRule elements(Dropout op, Site site) {
        return new DropRule(op.rate(), 1, site);
    }

    static DropRule samples(DropPath op, Site site) {
        return new DropRule(op.rate(), (int) (site.shape.elements() / site.shape.n()), site);
    }

    @Override
    public double[] forward() {
        double[] y = site.x(0).clone();
        for (int i = 0; i < y.length; i++) {
            y[i] *= factor(i);
        }
        return y;
    }

    @Override
    public void backward(double[] dy) {
        double[] dx = site.dx(0);
        for (int i = 0; i < dy.length; i++) {
            dx[i] += dy[i] * factor(i);
        }
    }

    private double factor(int element) {
        if (!site.form.training()) {
            return 1;
        }
        long key = CounterHash.key(site.form.seed(), site.form.step(), site.form.microBatch(), site.node.index());
        return CounterHash.uniform(key, element / unit) < rate ? 0 : 1 / (1 - rate);
    }
}
