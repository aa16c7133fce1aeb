package io.vertebra.onednn.natives;

import static org.bytedeco.dnnl.global.dnnl.*;

/** Makes recipes of norms; {@code null} where oneDNN has no code, as in {@link Recipes}. */
public final class NormRecipes {
    private NormRecipes() {}

    /**
     * Batch norm with scale and shift.
     *
     * @param given whether mean and variance are arguments and not computed
     * @param relu whether a ReLU follows; in training it leaves a workspace
     */
    public static Recipe batch(boolean training, Desc src, Desc dst, double epsilon, boolean given, boolean relu) {
        return Recipes.make(
                "batch normalization",
                PostOps.NONE,
                (pd, attributes) -> dnnl_batch_normalization_forward_primitive_desc_create(
                        pd,
                        Dnnl.engine(),
                        Recipes.kind(training),
                        src.get(),
                        dst.get(),
                        (float) epsilon,
                        flags(given, relu),
                        attributes));
    }

    /** Gradients of batch norm. */
    public static Recipe batchBackward(
            Desc diffSrc, Desc diffDst, Desc src, double epsilon, boolean given, boolean relu, Recipe hint) {
        return Recipes.make(
                "batch normalization backward",
                PostOps.NONE,
                (pd, attributes) -> dnnl_batch_normalization_backward_primitive_desc_create(
                        pd,
                        Dnnl.engine(),
                        dnnl_backward,
                        diffSrc.get(),
                        diffDst.get(),
                        src.get(),
                        (float) epsilon,
                        flags(given, relu),
                        hint.get(),
                        attributes));
    }

    private static int flags(boolean given, boolean relu) {
        return dnnl_use_scale | dnnl_use_shift | (given ? dnnl_use_global_stats : 0) | (relu ? dnnl_fuse_norm_relu : 0);
    }

    /** Layer norm over the columns of a matrix, with scale and shift; it gives mean and variance of each row. */
    public static Recipe layer(boolean training, Desc src, Desc dst, Desc statistics, double epsilon) {
        return Recipes.make(
                "layer normalization",
                PostOps.NONE,
                (pd, attributes) -> dnnl_layer_normalization_forward_primitive_desc_create(
                        pd,
                        Dnnl.engine(),
                        Recipes.kind(training),
                        src.get(),
                        dst.get(),
                        statistics.get(),
                        (float) epsilon,
                        dnnl_use_scale | dnnl_use_shift,
                        attributes));
    }

    /** Gradients of layer norm; all matrices lie as {@code src}. */
    public static Recipe layerBackward(Desc src, Desc statistics, double epsilon, Recipe hint) {
        return Recipes.make(
                "layer normalization backward",
                PostOps.NONE,
                (pd, attributes) -> dnnl_layer_normalization_backward_primitive_desc_create(
                        pd,
                        Dnnl.engine(),
                        dnnl_backward,
                        src.get(),
                        src.get(),
                        src.get(),
                        statistics.get(),
                        (float) epsilon,
                        dnnl_use_scale | dnnl_use_shift,
                        hint.get(),
                        attributes));
    }
}
