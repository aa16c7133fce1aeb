package io.vertebra.graph.reference;

import io.vertebra.graph.op.BoxSmoothL1;

/** {@code d²/(2β)} where |d| &lt; β, {@code |d| − β/2} else, over the anchors of the average. */
record BoxRule(BoxSmoothL1 op, Site site) implements Rule {

    @Override
    public double[] forward() {
        double sum = 0;
        for (int i = 0; i < site.x(0).length; i++) {
            double size = Math.abs(difference(i));
            sum += size < op.beta() ? size * size / (2 * op.beta()) : size - op.beta() / 2;
        }
        return new double[] {sum / Anchors.divisor(site.x(2), op.average())};
    }

    @Override
    public void backward(double[] dy) {
        double[] dx = site.dx(0);
        for (int i = 0; i < dx.length; i++) {
            double d = difference(i);
            double slope = Math.abs(d) < op.beta() ? d / op.beta() : Math.signum(d);
            dx[i] += dy[0] * slope / Anchors.divisor(site.x(2), op.average());
        }
    }

    /** 0 where the anchor is not positive. */
    private double difference(int element) {
        boolean positive = site.x(2)[element / 4] > 0;
        return positive ? site.x(0)[element] - site.x(1)[element] : 0;
    }
}
