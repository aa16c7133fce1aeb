package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Functions;
import io.vertebra.cuda.device.Type;
import io.vertebra.cuda.emit.Call.Label;
import io.vertebra.graph.op.Activation;
import java.util.Arrays;
import java.util.List;

/**
 * The passes over a map that batch norm and group norm share: {@code function(weight · x̂ + bias + addend)} and its gradients.
 *
 * @param mean of each channel, or of each channel of each picture
 * @param variance alike
 * @param weight of each channel
 * @param bias of each channel
 * @param stride between the statistics of pictures, or 0
 * @param epsilon added to the variance
 * @param function behind it, or {@code null}
 */
record ChannelNorms(
        Operand mean,
        Operand variance,
        Operand weight,
        Operand bias,
        int stride,
        double epsilon,
        Activation.Function function) {
    private static final String FORWARD = "channel_norm";
    private static final String BACKWARD = "channel_norm_backward";

    /**
     * What is differentiated.
     *
     * @param x the map
     * @param gradient of what came of it
     * @param result what came of it, where the function is differentiated by that; else {@code null}
     * @param kept where the gradient before the function is kept, or {@code null}
     */
    record Given(Operand x, Parts gradient, Operand result, Operand kept) {
        private boolean isWhole() {
            return gradient.areWhole() && result == null;
        }
    }

    /** Mean and squared differences from it of each channel: (pictures, runs, 2, channels). */
    static Operand moments(Label label, Tiles tiles, Operand x, Lowering l) {
        Operand partials = partials(tiles, l);
        tiles.launch(label, FORWARD, "moments", l, List.of(x, partials));
        return partials;
    }

    private static Operand partials(Tiles tiles, Lowering l) {
        return l.temporary(Type.F32, 2L * tiles.allRuns() * tiles.channels());
    }

    /** The same without a function, for a gradient that is already in front of it. */
    ChannelNorms bare() {
        return new ChannelNorms(mean, variance, weight, bias, stride, epsilon, null);
    }

    /** The result; the addend may be {@code null}. */
    void apply(Label label, Tiles tiles, Operand x, Operand addend, Operand result, Lowering l) {
        List<Operand> tensors = Arrays.asList(x, addend, mean, variance, weight, bias, result);
        tiles.launch(label, FORWARD, "apply", l, tensors, stride, (float) epsilon, Functions.number(function));
    }

    /** The result for the first channels of cells of {@code pitch}; the statistics are those of all pictures. */
    void applyToPart(Label label, Tiles tiles, Operand x, int pitch, Operand result, Lowering l) {
        List<Operand> tensors = List.of(x, mean, variance, weight, bias, result);
        tiles.launch(label, FORWARD, "apply_to_part", l, tensors, pitch, (float) epsilon, Functions.number(function));
    }

    /** Sums of g, the gradient before the function, and of g · x̂ of each channel: (pictures, runs, 2, channels). */
    Operand sums(Label label, Tiles tiles, Given given, Lowering l) {
        Operand partials = partials(tiles, l);
        launch(label, tiles, "sums", given, l, partials);
        return partials;
    }

    /**
     * The gradient of x.
     *
     * @param straight mean of weight · g, or {@code null} where the statistics do not depend on x
     * @param along mean of weight · g · x̂, or {@code null} with it
     */
    void backward(Label label, Tiles tiles, Given given, Operand straight, Operand along, Operand dx, Lowering l) {
        launch(label, tiles, "backward", given, l, straight, along, dx);
    }

    private void launch(Label label, Tiles tiles, String function, Given given, Lowering l, Operand... results) {
        Parts parts = given.gradient();
        Object[] read = given.isWhole()
                ? Packs.arguments(given.x(), parts.first())
                : Packs.arguments(
                        given.x(), parts.first(), parts.second(), given.result(), parts.gate(), parts.spread());
        Object[] tensors = Packs.arguments(read, mean, variance, weight, bias, given.kept(), results);
        List<Operand> operands = Arrays.stream(tensors).map(Operand.class::cast).toList();
        Object[] form = Packs.arguments(stride, (float) epsilon, Functions.number(function()));
        tiles.launch(
                label,
                BACKWARD,
                given.isWhole() ? function : function + "_of_parts",
                l,
                operands,
                given.isWhole() ? form : Packs.arguments(form, parts.share()));
    }
}
