package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Grid;
import io.vertebra.cuda.device.Type;
import io.vertebra.graph.op.AnchorAverage;
import io.vertebra.graph.op.HardNegativeCrossEntropy;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.plan.Unit;
import java.util.Arrays;

/**
 * What all losses have in common while one is lowered: the divisor, which depends on labels alone and is therefore known
 * before the gradient is written; the loss, the sum of one number a block; the gradient, which is computed with the loss and
 * multiplied by that of the loss later.
 */
final class Loss {
    private static final String SUMS = "loss_sums";

    /** Enough to fill a processor with blocks of 256 threads. */
    private static final int BLOCKS_A_PROCESSOR = 8;

    /** Labels that a thread adds up at least. */
    private static final int LABELS_A_THREAD = 4;

    private final Unit unit;
    private final Lowering l;
    private final Operand gradient;

    Loss(Unit unit, Lowering l) {
        this.unit = unit;
        this.l = l;
        this.gradient = l.form().needsGradient(unit.output()) ? l.temporary(Type.F32, shape().elements()) : null;
    }

    /** Of the logits. */
    Shape shape() {
        return l.shape(unit.inputs().get(0));
    }

    Operand logits() {
        return values(0);
    }

    Operand values(int input) {
        return l.value(unit.inputs().get(input), Type.F32);
    }

    Operand labels(int input) {
        return l.value(unit.inputs().get(input), Type.I32);
    }

    /** Where the gradient of the logits goes, or {@code null} where only the loss is wanted. */
    Operand gradient() {
        return gradient;
    }

    Operand floats(long elements) {
        return l.temporary(Type.F32, elements);
    }

    Operand ints(long elements) {
        return l.temporary(Type.I32, elements);
    }

    /** A double for each block. */
    Operand partial(Grid grid) {
        return floats(2L * grid.x());
    }

    /** Blocks that take so many items each, again and again where the card cannot run more at once. */
    Grid turns(long items, int each) {
        int most = BLOCKS_A_PROCESSOR * l.target().device().processors();
        return Grid.of(Math.min(most, Grid.blocks(items, each)), Grid.THREADS);
    }

    void launch(String file, String function, Grid grid, Object... arguments) {
        l.launch(l.forward(unit), new Kernel(file, function, Type.F32, grid), arguments);
    }

    /** One over the sum of the weights of labels, 0 where that is 0. */
    Operand scaleOfWeights(Operand labels, Operand weights, int ignore) {
        Grid grid = labelTurns(labels);
        return scale(weights(labels, weights, ignore, grid), grid, 0);
    }

    private Operand weights(Operand labels, Operand weights, int ignore, Grid grid) {
        Operand partial = partial(grid);
        int count = Math.toIntExact(labels.elements());
        launch(SUMS, "label_weights", grid, labels, weights, ignore, count, partial);
        return partial;
    }

    /** One over the number of labels above 0, at least 1. */
    Operand scaleOfPositives(Operand labels) {
        Grid grid = labelTurns(labels);
        Operand partial = partial(grid);
        launch(SUMS, "positive_labels", grid, labels, Math.toIntExact(labels.elements()), partial);
        return scale(partial, grid, 1);
    }

    private Grid labelTurns(Operand labels) {
        return turns(labels.elements(), LABELS_A_THREAD * Grid.THREADS);
    }

    /** One over the number of labels that count, at least 1. */
    Operand scale(AnchorAverage average, Operand labels) {
        if (average == AnchorAverage.POSITIVES) {
            return scaleOfPositives(labels);
        }
        Grid grid = labelTurns(labels);
        return scale(weights(labels, null, HardNegativeCrossEntropy.IGNORE, grid), grid, 1);
    }

    private Operand scale(Operand partial, Grid parts, float least) {
        Operand scale = floats(1);
        launch(SUMS, "loss_scale", Grid.of(1, Grid.THREADS), partial, parts.x(), least, scale);
        return scale;
    }

    /** The loss: the sum times the scale, which is a constant where {@code scale} is {@code null}. */
    Backward total(Operand partial, Grid parts, Operand scale, float constant) {
        Operand loss = floats(1);
        launch(SUMS, "loss_total", Grid.of(1, Grid.THREADS), partial, parts.x(), scale, constant, loss);
        l.define(unit.output(), loss);
        return ofLoss -> {
            Operand[] ofInputs = new Operand[unit.inputs().size()];
            ofInputs[0] = l.isOne(ofLoss) ? gradient : scaled(ofLoss);
            return Arrays.asList(ofInputs);
        };
    }

    private Operand scaled(Operand factor) {
        Operand result = floats(gradient.elements());
        long packs = (gradient.elements() + 3) / 4;
        Kernel kernel = new Kernel("pointwise", "scale", Type.F32, Grid.over(packs));
        l.launch(l.backward(unit), kernel, gradient, factor, result, gradient.elements());
        l.mayWorkInPlace(result, gradient);
        return result;
    }
}
