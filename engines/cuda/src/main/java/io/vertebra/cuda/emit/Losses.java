package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Grid;
import io.vertebra.cuda.device.Type;
import io.vertebra.graph.op.AnchorAverage;
import io.vertebra.graph.op.BoxSmoothL1;
import io.vertebra.graph.op.HardNegativeCrossEntropy;
import io.vertebra.graph.op.RegionSmoothL1;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.SigmoidFocal;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import io.vertebra.graph.op.SoftmaxDice;
import io.vertebra.graph.op.WeightedSum;
import io.vertebra.graph.plan.Unit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Losses: a few launches give the loss and, where it is wanted, the gradient; both in F32. */
final class Losses {
    private static final String ANCHORS = "anchor_losses";
    private static final String DICE = "dice";

    /** One block a picture goes through its anchors again and again: as large as blocks can be. */
    private static final int MOST_THREADS = 1024;

    private static final int ANCHORS_A_THREAD = 2;
    private static final int WARP = 32;
    private static final int WARPS = Grid.THREADS / WARP;

    /** Positions of which a block adds up one number a class. */
    private static final int DICE_CHUNK = 1024;

    /** Terms of a sum that one launch adds. */
    private static final int TERMS = 4;

    private Losses() {}

    static Backward softmaxCrossEntropy(SoftmaxCrossEntropy op, Unit unit, Lowering l) {
        Loss loss = new Loss(unit, l);
        CrossEntropies rows = new CrossEntropies(loss);
        float[] numbers = new float[op.classWeights().size()];
        double all = numbers.length == 0 ? rows.classes() : 0;
        for (int k = 0; k < numbers.length; k++) {
            numbers[k] = op.classWeights().get(k).floatValue();
            all += numbers[k];
        }
        Operand weights = numbers.length == 0 ? null : l.constant(numbers);
        float smoothing = (float) op.smoothing();
        if (l.shape(unit.inputs().get(1)).rank() == 2) {
            return rows.ofShares(loss.values(1), weights, smoothing);
        }
        Operand labels = loss.labels(1);
        if (op.hardest() != null) {
            labels =
                    rows.hardest(labels, op.ignore(), op.hardest(), loss.shape().n());
        }
        boolean ofAll = op.average() == SoftmaxCrossEntropy.Average.ALL;
        Operand scale = ofAll ? null : loss.scaleOfWeights(labels, weights, op.ignore());
        return rows.ofClasses(labels, op.ignore(), weights, (float) all, smoothing, scale, 1f / rows.rows());
    }

    static Backward hardNegativeCrossEntropy(HardNegativeCrossEntropy op, Unit unit, Lowering l) {
        Loss loss = new Loss(unit, l);
        CrossEntropies rows = new CrossEntropies(loss);
        Operand labels = loss.labels(1);
        Operand losses = rows.losses(labels, op.ignore());
        Operand chosen = loss.ints(rows.rows());
        long ratio = Double.doubleToRawLongBits(op.ratio());
        int anchors = loss.shape().get(1);
        Grid pictures = Grid.of(loss.shape().n(), Math.min(MOST_THREADS, WARP * Grid.blocks(anchors, WARP)));
        loss.launch(
                "hard_negatives",
                "hard_negatives",
                pictures,
                labels,
                losses,
                ratio,
                op.minNegatives(),
                anchors,
                chosen);
        Operand scale = loss.scaleOfPositives(labels);
        return rows.ofClasses(chosen, op.ignore(), null, rows.classes(), 0, scale, 0);
    }

    static Backward sigmoidFocal(SigmoidFocal op, Unit unit, Lowering l) {
        Loss loss = new Loss(unit, l);
        Operand labels = loss.labels(1);
        Operand scale = loss.scale(op.average(), labels);
        int elements = Math.toIntExact(loss.shape().elements());
        int columns = loss.shape().get(2);
        Grid grid = loss.turns(elements, Grid.THREADS);
        Operand partial = loss.partial(grid);
        loss.launch(
                ANCHORS,
                "sigmoid_focal",
                grid,
                loss.logits(),
                labels,
                (float) op.alpha(),
                (float) op.gamma(),
                op.background() ? 1 : 0,
                op.classes(columns) - columns,
                columns,
                elements,
                scale,
                partial,
                loss.gradient());
        return loss.total(partial, grid, scale, 0);
    }

    static Backward boxSmoothL1(BoxSmoothL1 op, Unit unit, Lowering l) {
        Loss loss = new Loss(unit, l);
        Operand labels = loss.labels(2);
        Operand scale = loss.scale(op.average(), labels);
        Grid grid = loss.turns(labels.elements(), ANCHORS_A_THREAD * Grid.THREADS);
        Operand partial = loss.partial(grid);
        loss.launch(
                ANCHORS,
                "box_smooth_l1",
                grid,
                loss.logits(),
                loss.values(1),
                labels,
                (float) op.beta(),
                Math.toIntExact(labels.elements()),
                scale,
                partial,
                loss.gradient());
        return loss.total(partial, grid, scale, 0);
    }

    static Backward regionSmoothL1(RegionSmoothL1 op, Unit unit, Lowering l) {
        Loss loss = new Loss(unit, l);
        Operand labels = loss.labels(2);
        Operand scale = loss.scale(AnchorAverage.VALID, labels);
        int classes = loss.shape().c() / 4;
        Grid grid = loss.turns(labels.elements() * classes, ANCHORS_A_THREAD * Grid.THREADS);
        Operand partial = loss.partial(grid);
        loss.launch(
                ANCHORS,
                "region_smooth_l1",
                grid,
                loss.logits(),
                loss.values(1),
                labels,
                (float) op.beta(),
                Math.toIntExact(labels.elements()),
                classes,
                scale,
                partial,
                loss.gradient());
        return loss.total(partial, grid, scale, 0);
    }

    static Backward softmaxDice(SoftmaxDice op, Unit unit, Lowering l) {
        Loss loss = new Loss(unit, l);
        Shape s = loss.shape();
        Operand labels = loss.labels(1);
        int classes = s.c();
        int area = Math.multiplyExact(s.h(), s.w());
        int positions = Math.multiplyExact(area, s.n());
        Operand powers = loss.floats(2L * positions);
        Grid rows = loss.turns(positions, WARPS);
        loss.launch(DICE, "dice_powers", rows, loss.logits(), labels, op.ignore(), classes, positions, powers);

        Grid sumsGrid = new Grid(Grid.blocks(area, DICE_CHUNK), Grid.blocks(classes, WARP), s.n(), WARPS * WARP);
        Operand sums = loss.floats(2L * sumsGrid.x() * classes * s.n());
        loss.launch(
                DICE,
                "dice_sums",
                sumsGrid,
                loss.logits(),
                labels,
                powers,
                op.ignore(),
                classes,
                area,
                DICE_CHUNK,
                sums);

        int terms = Math.multiplyExact(classes, s.n());
        Grid termsGrid = Grid.over(terms);
        Operand pulls = loss.floats(2L * terms);
        Operand partial = loss.partial(termsGrid);
        float smooth = (float) op.smooth();
        loss.launch(DICE, "dice_overlaps", termsGrid, sums, sumsGrid.x(), classes, terms, smooth, pulls, partial);
        if (loss.gradient() != null) {
            loss.launch(
                    DICE,
                    "dice_gradient",
                    rows,
                    loss.logits(),
                    labels,
                    powers,
                    pulls,
                    op.ignore(),
                    classes,
                    area,
                    positions,
                    loss.gradient());
        }
        return loss.total(partial, termsGrid, null, 1f / terms);
    }

    static Backward weightedSum(WeightedSum op, Unit unit, Lowering l) {
        List<Double> weights = op.weights();
        List<Object> terms = new ArrayList<>();
        for (int i = 0; i < weights.size(); i++) {
            terms.add(l.value(unit.inputs().get(i), Type.F32));
            terms.add(weights.get(i).floatValue());
        }
        l.define(unit.output(), sum(l.forward(unit), terms, l));
        return gradient -> {
            Operand[] ofInputs = new Operand[weights.size()];
            for (int i = 0; i < ofInputs.length; i++) {
                boolean wanted = l.form().needsGradient(unit.inputs().get(i));
                if (weights.get(i) == 1) {
                    ofInputs[i] = gradient;
                } else if (wanted) {
                    ofInputs[i] = sum(
                            l.backward(unit), List.of(gradient, weights.get(i).floatValue()), l);
                }
            }
            return Arrays.asList(ofInputs);
        };
    }

    /** Of scalars and their factors in turn. */
    private static Operand sum(Call.Label label, List<Object> terms, Lowering l) {
        Kernel kernel = new Kernel("weighted_sum", "weighted_sum", Type.F32, Grid.of(1, WARP));
        Operand sum = null;
        for (int from = 0; from < terms.size(); from += 2 * TERMS) {
            Object[] arguments = new Object[2 * TERMS + 2];
            arguments[0] = sum;
            for (int i = 0; i < 2 * TERMS; i += 2) {
                boolean exists = from + i < terms.size();
                arguments[1 + i] = exists ? terms.get(from + i) : null;
                arguments[2 + i] = exists ? terms.get(from + i + 1) : (Object) 0f;
            }
            sum = l.temporary(Type.F32, 1);
            arguments[2 * TERMS + 1] = sum;
            l.launch(label, kernel, arguments);
        }
        return sum;
    }
}
