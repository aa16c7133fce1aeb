package io.vertebra.onednn.natives;

import static org.bytedeco.dnnl.global.dnnl.*;

import java.util.function.ToIntBiFunction;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;

/**
 * Makes recipes, family by family. Each method gives {@code null} where oneDNN has no code for the descriptors, so that
 * the caller can try another order; the recipe belongs to the caller.
 */
public final class Recipes {
    private Recipes() {}

    static Recipe make(String what, PostOps postOps, ToIntBiFunction<dnnl_primitive_desc, dnnl_primitive_attr> create) {
        dnnl_primitive_desc desc = new dnnl_primitive_desc();
        dnnl_primitive_attr attributes = postOps.attributes();
        try {
            int status = create.applyAsInt(desc, attributes);
            if (status == dnnl_unimplemented) {
                return null;
            }
            Dnnl.check(status, what);
            return new Recipe(desc);
        } finally {
            PostOps.destroy(attributes);
        }
    }

    private static dnnl_memory_desc get(Desc desc) {
        return desc == null ? null : desc.get();
    }

    static int kind(boolean training) {
        return training ? dnnl_forward_training : dnnl_forward_inference;
    }

    /** Another order or type of the same tensor. */
    public static Recipe reorder(Desc from, Desc to) {
        return make(
                "reorder",
                PostOps.NONE,
                (pd, attributes) -> dnnl_reorder_primitive_desc_create(
                        pd, from.get(), Dnnl.engine(), to.get(), Dnnl.engine(), attributes));
    }

    /** Convolution; bias may be {@code null}. */
    public static Recipe convolution(
            boolean training, Desc src, Desc weights, Desc bias, Desc dst, Window w, PostOps postOps) {
        return make(
                "convolution",
                postOps,
                (pd, attributes) -> dnnl_convolution_forward_primitive_desc_create(
                        pd,
                        Dnnl.engine(),
                        kind(training),
                        dnnl_convolution_direct,
                        src.get(),
                        weights.get(),
                        get(bias),
                        dst.get(),
                        w.stride(),
                        w.skipped(),
                        w.before(),
                        w.after(),
                        attributes));
    }

    /** Gradient of a convolution's source; {@code hint} is the forward recipe. */
    public static Recipe convolutionData(Desc diffSrc, Desc weights, Desc diffDst, Window w, Recipe hint) {
        return make(
                "convolution backward data",
                PostOps.NONE,
                (pd, attributes) -> dnnl_convolution_backward_data_primitive_desc_create(
                        pd,
                        Dnnl.engine(),
                        dnnl_convolution_direct,
                        diffSrc.get(),
                        weights.get(),
                        diffDst.get(),
                        w.stride(),
                        w.skipped(),
                        w.before(),
                        w.after(),
                        hint.get(),
                        attributes));
    }

    /** Gradient of a convolution's weights and bias; the bias may be {@code null}. */
    public static Recipe convolutionWeights(
            Desc src, Desc diffWeights, Desc diffBias, Desc diffDst, Window w, Recipe hint) {
        return make(
                "convolution backward weights",
                PostOps.NONE,
                (pd, attributes) -> dnnl_convolution_backward_weights_primitive_desc_create(
                        pd,
                        Dnnl.engine(),
                        dnnl_convolution_direct,
                        src.get(),
                        diffWeights.get(),
                        get(diffBias),
                        diffDst.get(),
                        w.stride(),
                        w.skipped(),
                        w.before(),
                        w.after(),
                        hint.get(),
                        attributes));
    }

    /** Fully connected layer. */
    public static Recipe linear(boolean training, Desc src, Desc weights, Desc bias, Desc dst, PostOps postOps) {
        return make(
                "inner product",
                postOps,
                (pd, attributes) -> dnnl_inner_product_forward_primitive_desc_create(
                        pd, Dnnl.engine(), kind(training), src.get(), weights.get(), get(bias), dst.get(), attributes));
    }

    /** Gradient of a linear layer's source. */
    public static Recipe linearData(Desc diffSrc, Desc weights, Desc diffDst, Recipe hint) {
        return make(
                "inner product backward data",
                PostOps.NONE,
                (pd, attributes) -> dnnl_inner_product_backward_data_primitive_desc_create(
                        pd, Dnnl.engine(), diffSrc.get(), weights.get(), diffDst.get(), hint.get(), attributes));
    }

    /** Gradient of a linear layer's weights and bias. */
    public static Recipe linearWeights(Desc src, Desc diffWeights, Desc diffBias, Desc diffDst, Recipe hint) {
        return make(
                "inner product backward weights",
                PostOps.NONE,
                (pd, attributes) -> dnnl_inner_product_backward_weights_primitive_desc_create(
                        pd,
                        Dnnl.engine(),
                        src.get(),
                        diffWeights.get(),
                        get(diffBias),
                        diffDst.get(),
                        hint.get(),
                        attributes));
    }

    /** Max pooling; in training it leaves the places of the maxima as workspace. */
    public static Recipe maxPool(boolean training, Desc src, Desc dst, Window w) {
        return pool(training, dnnl_pooling_max, src, dst, w);
    }

    /** Average pooling; the divisor counts padded cells or not. */
    public static Recipe averagePool(boolean training, Desc src, Desc dst, Window w, boolean countPadding) {
        return pool(training, average(countPadding), src, dst, w);
    }

    private static Recipe pool(boolean training, int algorithm, Desc src, Desc dst, Window w) {
        return make(
                "pooling",
                PostOps.NONE,
                (pd, attributes) -> dnnl_pooling_forward_primitive_desc_create(
                        pd,
                        Dnnl.engine(),
                        kind(training),
                        algorithm,
                        src.get(),
                        dst.get(),
                        w.stride(),
                        w.kernel(),
                        w.skipped(),
                        w.before(),
                        w.after(),
                        attributes));
    }

    /** Gradient of max pooling. */
    public static Recipe maxPoolBackward(Desc diffSrc, Desc diffDst, Window w, Recipe hint) {
        return poolBackward(dnnl_pooling_max, diffSrc, diffDst, w, hint);
    }

    /** Gradient of average pooling. */
    public static Recipe averagePoolBackward(Desc diffSrc, Desc diffDst, Window w, boolean countPadding, Recipe hint) {
        return poolBackward(average(countPadding), diffSrc, diffDst, w, hint);
    }

    private static Recipe poolBackward(int algorithm, Desc diffSrc, Desc diffDst, Window w, Recipe hint) {
        return make(
                "pooling backward",
                PostOps.NONE,
                (pd, attributes) -> dnnl_pooling_backward_primitive_desc_create(
                        pd,
                        Dnnl.engine(),
                        algorithm,
                        diffSrc.get(),
                        diffDst.get(),
                        w.stride(),
                        w.kernel(),
                        w.skipped(),
                        w.before(),
                        w.after(),
                        hint.get(),
                        attributes));
    }

    private static int average(boolean countPadding) {
        return countPadding ? dnnl_pooling_avg_include_padding : dnnl_pooling_avg_exclude_padding;
    }

    /** A function of each element. */
    public static Recipe eltwise(boolean training, Eltwise function, Desc src, Desc dst) {
        int algorithm = training ? function.backward() : function.forward();
        return eltwise("eltwise " + function, training, algorithm, function.alpha(), function.beta(), src, dst);
    }

    /** A tensor times a fixed number. */
    public static Recipe scale(Desc src, Desc dst, float factor) {
        return eltwise("scale", false, dnnl_eltwise_linear, factor, 0, src, dst);
    }

    private static Recipe eltwise(
            String what, boolean training, int algorithm, float alpha, float beta, Desc src, Desc dst) {
        return make(
                what,
                PostOps.NONE,
                (pd, attributes) -> dnnl_eltwise_forward_primitive_desc_create(
                        pd, Dnnl.engine(), kind(training), algorithm, src.get(), dst.get(), alpha, beta, attributes));
    }

    /** Gradient of a function of each element; {@code data} is its result or its argument, as the function wants. */
    public static Recipe eltwiseBackward(Eltwise function, Desc diffSrc, Desc diffDst, Desc data, Recipe hint) {
        return make(
                "eltwise backward " + function,
                PostOps.NONE,
                (pd, attributes) -> dnnl_eltwise_backward_primitive_desc_create(
                        pd,
                        Dnnl.engine(),
                        function.backward(),
                        diffSrc.get(),
                        diffDst.get(),
                        data.get(),
                        function.alpha(),
                        function.beta(),
                        hint.get(),
                        attributes));
    }

    /** The sum of two tensors. */
    public static Recipe add(Desc a, Desc b, Desc dst, PostOps postOps) {
        return binary("add", dnnl_binary_add, a, b, dst, postOps);
    }

    /** The sum of a tensor and another times {@link Arg#SCALE_OF_SRC_1}. */
    public static Recipe scaledAdd(Desc a, Desc b, Desc dst, PostOps postOps) {
        return make("scaled add", postOps, (pd, attributes) -> {
            Dnnl.check(dnnl_primitive_attr_set_scales_mask(attributes, DNNL_ARG_SRC_1, 0), "scale");
            return dnnl_binary_primitive_desc_create(
                    pd, Dnnl.engine(), dnnl_binary_add, a.get(), b.get(), dst.get(), attributes);
        });
    }

    /** The product of two tensors; the second may have extents of 1, over which it is repeated. */
    public static Recipe multiply(Desc a, Desc b, Desc dst, PostOps postOps) {
        return binary("multiply", dnnl_binary_mul, a, b, dst, postOps);
    }

    private static Recipe binary(String name, int algorithm, Desc a, Desc b, Desc dst, PostOps postOps) {
        return make(
                name,
                postOps,
                (pd, attributes) -> dnnl_binary_primitive_desc_create(
                        pd, Dnnl.engine(), algorithm, a.get(), b.get(), dst.get(), attributes));
    }
}
