package io.vertebra.export;

import io.vertebra.graph.op.Activation;

/** Functions of each element. */
final class Functions {
    /** {@code HardSwish} came with this version. */
    private static final int HARD_SWISH = 14;

    /** {@code Gelu} came with this version. */
    private static final int GELU = 20;

    private Functions() {}

    static String of(Site site, Activation.Function function) {
        String x = site.x();
        return switch (function) {
            case RELU -> site.result("Relu", x);
            case RELU6 -> site.result("Clip", x, site.number(0), site.number(6));
            case LEAKY_RELU -> site.result("LeakyRelu", Attributes.none().real("alpha", Activation.LEAK), x);
            case SIGMOID -> site.result("Sigmoid", x);
            case TANH -> site.result("Tanh", x);
            case SILU -> site.result("Mul", x, site.step("sigmoid", "Sigmoid", x));
            case HARD_SIGMOID -> site.result("HardSigmoid", shares(), x);
            case HARD_SWISH ->
                site.opset() >= HARD_SWISH
                        ? site.result("HardSwish", x)
                        : site.result("Mul", x, site.step("shares", "HardSigmoid", shares(), x));
            case GELU -> site.opset() >= GELU ? site.result("Gelu", x) : gelu(site, x);
        };
    }

    private static Attributes shares() {
        return Attributes.none().real("alpha", 1.0 / 6).real("beta", 0.5);
    }

    /** The pattern that runtimes know and fuse. */
    private static String gelu(Site site, String x) {
        String scaled = site.step("scaled", "Div", x, site.number(Math.sqrt(2)));
        String shifted = site.step("shifted", "Add", site.step("erf", "Erf", scaled), site.number(1));
        return site.result("Mul", site.step("product", "Mul", x, shifted), site.number(0.5));
    }
}
