package io.vertebra.graph.op;

import java.util.List;

/**
 * The sum of two tensors of one shape, the second scaled by a fixed number: {@code y = a + factor · b}. Residual branches are
 * scaled so, arXiv:1602.07261, section 3.3; with the factor −1 it is a difference, whose sigmoid is a softmax over two, as in
 * selective kernels, arXiv:1903.06586, equation 5.
 *
 * @param factor of the second tensor
 */
public record ScaledAdd(double factor) implements Op {

    /** Checks the factor, which engines hold as a float. */
    public ScaledAdd {
        Check.that(Float.isFinite((float) factor), "factor", "must be a finite float, is %s", factor);
    }

    @Override
    public int arity() {
        return 2;
    }

    @Override
    public Shape output(List<Shape> inputs) {
        return Check.oneShape("scaled_add", inputs);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.scaledAdd(this);
    }
}
