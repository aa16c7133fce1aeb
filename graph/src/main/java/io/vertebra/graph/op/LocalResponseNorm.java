package io.vertebra.graph.op;

import java.util.List;

/**
 * Local response normalisation: every value divided by a power of what its neighbours along the channels hold;
 * {@code y[n,c,i,j] = x[n,c,i,j] / (k + α/size · Σ x[n,m,i,j]²)^β}, over the channels m from {@code c − ⌊size/2⌋} to
 * {@code c + ⌊(size − 1)/2⌋} that there are.
 *
 * <p>x (N, C, H, W) → the same shape. The sum is divided by {@code size}, at the ends of the channels too, as PyTorch and
 * Caffe do; Krizhevsky et al. 2012, section 3.3, write α for what is α/size here.
 *
 * @param size channels of a neighbourhood; of an even number one more lies before than behind
 * @param alpha α
 * @param beta β
 * @param k what is added to the mean
 */
public record LocalResponseNorm(int size, double alpha, double beta, double k) implements Op {

    /** Checks the attributes. */
    public LocalResponseNorm {
        Check.atLeast(1, "size", size);
        Check.that(alpha >= 0 && Double.isFinite(alpha), "alpha", "must be finite and not negative, is %s", alpha);
        Check.that(beta >= 0 && Double.isFinite(beta), "beta", "must be finite and not negative, is %s", beta);
        Check.that(k > 0 && Double.isFinite(k), "k", "must be finite and above 0, is %s", k);
    }

    /** Neighbours with lower numbers. */
    public int before() {
        return size / 2;
    }

    /** Neighbours with higher numbers. */
    public int behind() {
        return (size - 1) / 2;
    }

    @Override
    public Shape output(List<Shape> inputs) {
        Shape x = inputs.get(0);
        Check.isMap("input", x);
        return x;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.localResponseNorm(this);
    }
}
