package io.vertebra.graph.reference;

import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.SigmoidFocal;

/** {@code Σ α_t · (1 − p_t)^γ · −log p_t} over anchors and columns, over the anchors of the average. */
record FocalRule(SigmoidFocal op, Site site) implements Rule {

    @Override
    public double[] forward() {
        double sum = 0;
        for (int i = 0; i < site.x(0).length; i++) {
            if (counts(i)) {
                double logP = logProbability(i);
                sum -= balance(i) * Math.pow(-Math.expm1(logP), op.gamma()) * logP;
            }
        }
        return new double[] {sum / Anchors.divisor(site.x(1), op.average())};
    }

    @Override
    public void backward(double[] dy) {
        double[] dz = site.dx(0);
        for (int i = 0; i < dz.length; i++) {
            if (counts(i)) {
                // with u = ±z and p_t = σ(u): d/du of −(1 − p)^γ · log p is (1 − p)^γ · (γ·p·log p − (1 − p))
                double logP = logProbability(i);
                double miss = -Math.expm1(logP);
                double slope = Math.pow(miss, op.gamma()) * (op.gamma() * Math.exp(logP) * logP - miss);
                dz[i] += dy[0] * sign(i) * balance(i) * slope / Anchors.divisor(site.x(1), op.average());
            }
        }
    }

    /** log p_t. */
    private double logProbability(int element) {
        double u = sign(element) * site.x(0)[element];
        return Math.min(u, 0) - Math.log1p(Math.exp(-Math.abs(u)));
    }

    private double balance(int element) {
        return op.alpha() < 0 ? 1 : sign(element) > 0 ? op.alpha() : 1 - op.alpha();
    }

    /** 1 for the wanted column of an anchor, else −1. */
    private int sign(int element) {
        int label = (int) site.x(1)[element / columns()];
        boolean isObjectness = columns() == 1 && !op.background();
        int wanted = isObjectness ? label - 1 : label;
        boolean wantsOne = label > 0 || op.background();
        return wantsOne && element % columns() == wanted ? 1 : -1;
    }

    private boolean counts(int element) {
        return site.x(1)[element / columns()] != op.ignore();
    }

    private int columns() {
        Shape shape = site.xShape(0);
        return shape.get(2);
    }
}
