package io.vertebra.graph.op;

import java.util.List;

/**
 * Stochastic depth: zeroes whole samples of a residual branch at random in training and scales the others by 1 / (1 −
 * rate); the identity in inference. The element of the counter hash is the sample's place in the batch. Huang et al.,
 * arXiv:1603.09382.
 *
 * @param rate share of samples whose branch is dropped
 */
public record DropPath(double rate) implements Op {

    /** Checks the attributes. */
    public DropPath {
        Check.that(rate >= 0 && rate < 1, "rate", "must lie in [0, 1), is %s", rate);
    }

    @Override
    public Shape output(List<Shape> inputs) {
        return inputs.get(0);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.dropPath(this);
    }
}
