package io.vertebra.onednn.natives;

import io.vertebra.graph.op.Activation;
import org.bytedeco.dnnl.global.dnnl;

/** Functions of each element that primitives compute by themselves or fuse. */
public enum Eltwise {
    /** max(x, 0), differentiated by its result. */
    RELU(dnnl.dnnl_eltwise_relu, dnnl.dnnl_eltwise_relu_use_dst_for_bwd, 0, 0, true),
    /** min(max(x, 0), 6), differentiated by its result. */
    RELU6(dnnl.dnnl_eltwise_clip_v2, dnnl.dnnl_eltwise_clip_v2_use_dst_for_bwd, 0, 6, true),
    /** max(x, 0) + {@link Activation#LEAK} · min(x, 0), differentiated by its result, whose sign is that of the argument. */
    LEAKY_RELU(dnnl.dnnl_eltwise_relu, dnnl.dnnl_eltwise_relu_use_dst_for_bwd, (float) Activation.LEAK, 0, true),
    /** x · σ(x), differentiated by its argument. */
    SILU(dnnl.dnnl_eltwise_swish, dnnl.dnnl_eltwise_swish, 1, 0, false),
    /** σ(x), differentiated by its result. */
    SIGMOID(dnnl.dnnl_eltwise_logistic, dnnl.dnnl_eltwise_logistic_use_dst_for_bwd, 0, 0, true),
    /** tanh(x), differentiated by its result. */
    TANH(dnnl.dnnl_eltwise_tanh, dnnl.dnnl_eltwise_tanh_use_dst_for_bwd, 0, 0, true),
    /** x · min(max(x + 3, 0), 6) / 6, differentiated by its argument. */
    HARD_SWISH(dnnl.dnnl_eltwise_hardswish, dnnl.dnnl_eltwise_hardswish, 1 / 6f, 0.5f, false),
    /** min(max(x + 3, 0), 6) / 6, differentiated by its argument. */
    HARD_SIGMOID(dnnl.dnnl_eltwise_hardsigmoid, dnnl.dnnl_eltwise_hardsigmoid, 1 / 6f, 0.5f, false),
    /** x · Φ(x) with the error function, differentiated by its argument. */
    GELU(dnnl.dnnl_eltwise_gelu_erf, dnnl.dnnl_eltwise_gelu_erf, 0, 0, false);

    private final int forward;
    private final int backward;
    private final float alpha;
    private final float beta;
    private final boolean byResult;

    Eltwise(int forward, int backward, float alpha, float beta, boolean byResult) {
        this.forward = forward;
        this.backward = backward;
        this.alpha = alpha;
        this.beta = beta;
        this.byResult = byResult;
    }

    int forward() {
        return forward;
    }

    int backward() {
        return backward;
    }

    float alpha() {
        return alpha;
    }

    float beta() {
        return beta;
    }

    /** Whether the gradient needs the function's result and not its argument, so that it may work in place. */
    public boolean byResult() {
        return byResult;
    }
}
