package io.vertebra.graph.reference;

/** An input is what was fed; its gradient stays where it gathers. */
record InputRule(Site site) implements Rule {

    @Override
    public double[] forward() {
        return site.value;
    }

    @Override
    public void backward(double[] dy) {
        // nothing lies before an input
    }
}
