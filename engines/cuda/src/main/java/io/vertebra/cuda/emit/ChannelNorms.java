package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Type;
import io.vertebra.cuda.emit.Call.Label;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The passes over a map that batch norm and group norm share. */
final class ChannelNorms {
    static final String FILE = "channel_norm";

    private ChannelNorms() {}

    /** Mean and squared differences from it of each channel: (pictures, runs, 2, channels). */
    static Operand moments(Label label, Tiles tiles, Operand x, Lowering l) {
        Operand partials = partials(tiles, l);
        tiles.launch(label, FILE, "moments", l, List.of(x, partials));
        return partials;
    }

    /**
     * {@code weight · x̂ + bias + addend}, perhaps with negative values cut.
     *
     * @param read x, mean, variance, weight, bias, addend or {@code null}
     * @param form stride of the statistics, ε, whether there is a ReLU
     */
    static void apply(Label label, Tiles tiles, List<Operand> read, Operand result, Lowering l, Object... form) {
        List<Operand> tensors = new ArrayList<>(read);
        tensors.add(result);
        tiles.launch(label, FILE, "apply", l, tensors, form);
    }

    /**
     * Sums of g and of g · x̂ of each channel: (pictures, runs, 2, channels).
     *
     * @param read x, gradient, mean, variance, weight, bias
     * @param form stride of the statistics, ε, whether there is a ReLU
     */
    static Operand sums(Label label, Tiles tiles, List<Operand> read, Lowering l, Object... form) {
        Operand partials = partials(tiles, l);
        List<Operand> tensors = new ArrayList<>(read);
        tensors.add(partials);
        tiles.launch(label, FILE, "sums", l, tensors, form);
        return partials;
    }

    private static Operand partials(Tiles tiles, Lowering l) {
        return l.temporary(Type.F32, 2L * tiles.allRuns() * tiles.channels());
    }

    /** The gradient of x; {@code straight} and {@code along} are {@code null} where the statistics do not depend on it. */
    static void backward(
            Label label,
            Tiles tiles,
            List<Operand> read,
            Operand straight,
            Operand along,
            Operand dx,
            Lowering l,
            Object... form) {
        List<Operand> tensors = new ArrayList<>(read);
        Collections.addAll(tensors, straight, along, dx);
        tiles.launch(label, FILE, "backward", l, tensors, form);
    }
}
