package io.vertebra.graph.reference;

import io.vertebra.graph.op.RegionSmoothL1;
import java.util.Arrays;

/** {@code d²/(2β)} where |d| &lt; β, {@code |d| − β/2} else, of the columns of each region's class, over all that count. */
record RegionBoxRule(RegionSmoothL1 op, Site site) implements Rule {

    @Override
    public double[] forward() {
        double sum = 0;
        for (int i = 0; i < site.x(1).length; i++) {
            double size = Math.abs(difference(i));
            sum += size < op.beta() ? size * size / (2 * op.beta()) : size - op.beta() / 2;
        }
        return new double[] {sum / divisor()};
    }

    @Override
    public void backward(double[] dy) {
        double[] dx = site.dx(0);
        for (int i = 0; i < site.x(1).length; i++) {
            double d = difference(i);
            double slope = Math.abs(d) < op.beta() ? d / op.beta() : Math.signum(d);
            dx[column(i)] += dy[0] * slope / divisor();
        }
    }

    private double divisor() {
        return Math.max(1, Arrays.stream(site.x(2)).filter(label -> label != -1).count());
    }

    /** Of a number of a target; 0 where the region lies on no object. */
    private double difference(int target) {
        boolean hasObject = site.x(2)[target / 4] > 0;
        return hasObject ? site.x(0)[column(target)] - site.x(1)[target] : 0;
    }

    /** The encoding that a number of a target belongs to. */
    private int column(int target) {
        int region = target / 4;
        int label = (int) Math.max(site.x(2)[region], 0);
        return region * site.xShape(0).c() + 4 * label + target % 4;
    }
}
