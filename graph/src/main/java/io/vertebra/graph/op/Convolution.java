package io.vertebra.graph.op;

import java.util.List;

/**
 * Two-dimensional convolution (cross-correlation) with zero padding.
 *
 * <p>{@code y[n,o,i,j] = b[o] + Σ w[o,c,u,v] · x[n, c0+c, s·i − top + d·u, s·j − left + d·v]}, c0 the first channel of
 * o's group.
 *
 * <p>x (N, C, H, W) → y (N, out, H', W'), H' = ⌊(H + top + bottom − d(kh − 1) − 1) / s⌋ + 1, W' alike. {@code weight}
 * (out, C / groups, kh, kw), {@code bias} (out).
 *
 * @param out channels of the output
 * @param kernel its height and width
 * @param stride steps of the window
 * @param padding zeros around the input
 * @param dilation distance between taps
 * @param groups channels are split into this many independent convolutions; equal to C: depthwise
 * @param bias whether a bias is added
 * @param initializer of the weight
 * @param initialBias what the bias starts at
 */
public record Convolution(
        int out,
        Size kernel,
        Size stride,
        Padding padding,
        Size dilation,
        int groups,
        boolean bias,
        Initializer initializer,
        double initialBias)
        implements Op {

    /** Checks the attributes. */
    public Convolution {
        Check.atLeast(1, "out", out);
        Check.atLeast(1, "kernel", kernel);
        Check.atLeast(1, "stride", stride);
        Check.atLeast(1, "dilation", dilation);
        Check.atLeast(1, "groups", groups);
        Check.that(out % groups == 0, "out", "%d is not divisible by groups %d", out, groups);
        Check.that(Double.isFinite(initialBias), "initial_bias", "must be finite, is %s", initialBias);
        Check.that(bias || initialBias == 0, "initial_bias", "is %s without a bias", initialBias);
    }

    /** Whose bias, if any, starts at zero. */
    public Convolution(
            int out,
            Size kernel,
            Size stride,
            Padding padding,
            Size dilation,
            int groups,
            boolean bias,
            Initializer initializer) {
        this(out, kernel, stride, padding, dilation, groups, bias, initializer, 0);
    }

    @Override
    public Shape output(List<Shape> inputs) {
        Shape x = inputs.get(0);
        Shape y = Window.output(x, out, kernel, stride, dilation, padding, false);
        Check.that(x.c() % groups == 0, "groups", "%d does not divide the %d input channels", groups, x.c());
        return y;
    }

    @Override
    public List<ParameterSpec> parameters(List<Shape> inputs) {
        ParameterSpec weight =
                ParameterSpec.weight(initializer, out, inputs.get(0).c() / groups, kernel.height(), kernel.width());
        return bias ? List.of(weight, ParameterSpec.bias(new Initializer.Constant(initialBias), out)) : List.of(weight);
    }

    @Override
    public long macs(List<Shape> inputs) {
        return output(inputs).elements() * (inputs.get(0).c() / groups) * kernel.area();
    }

    @Override
    public int reduction() {
        return stride.height();
    }

    @Override
    public Size window() {
        return new Size(dilation.height() * (kernel.height() - 1) + 1, dilation.width() * (kernel.width() - 1) + 1);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
        return visitor.convolution(this);
    }
}
