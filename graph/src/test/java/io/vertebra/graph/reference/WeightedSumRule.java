package io.vertebra.graph.reference;

import io.vertebra.graph.op.WeightedSum;

/** {@code y = Σ w_i · x_i}. */
record WeightedSumRule(WeightedSum op, Site site) implements Rule {

    @Override
    public double[] forward() {
        double sum = 0;
        for (int input = 0; input < site.inputCount(); input++) {
            sum += op.weights().get(input) * site.x(input)[0];
        }
        return new double[] {sum};
    }

    @Override
    public void backward(double[] dy) {
        for (int input = 0; input < site.inputCount(); input++) {
            site.dx(input)[0] += op.weights().get(input) * dy[0];
        }
    }
}
