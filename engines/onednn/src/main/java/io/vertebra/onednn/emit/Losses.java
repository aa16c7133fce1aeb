package io.vertebra.onednn.emit;

import io.vertebra.graph.op.BoxSmoothL1;
import io.vertebra.graph.op.HardNegativeCrossEntropy;
import io.vertebra.graph.op.RegionSmoothL1;
import io.vertebra.graph.op.Resize;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.SigmoidFocal;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import io.vertebra.graph.op.SoftmaxDice;
import io.vertebra.graph.op.WeightedSum;
import io.vertebra.graph.plan.Unit;
import io.vertebra.onednn.kernel.CrossEntropyKernel;
import io.vertebra.onednn.kernel.DiceKernel;
import io.vertebra.onednn.kernel.FlatPositions;
import io.vertebra.onednn.kernel.FocalKernel;
import io.vertebra.onednn.kernel.HardNegativeKernel;
import io.vertebra.onednn.kernel.Kernel;
import io.vertebra.onednn.kernel.Positions;
import io.vertebra.onednn.kernel.RegionSmoothL1Kernel;
import io.vertebra.onednn.kernel.ResizedPositions;
import io.vertebra.onednn.kernel.ScaleKernel;
import io.vertebra.onednn.kernel.SmoothL1Kernel;
import io.vertebra.onednn.kernel.SoftCrossEntropyKernel;
import io.vertebra.onednn.kernel.Taps;
import io.vertebra.onednn.kernel.WeightedSumKernel;
import io.vertebra.onednn.natives.Desc;
import io.vertebra.onednn.natives.Type;
import io.vertebra.onednn.pass.Order;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Losses: one call gives the loss and, where it is wanted, the gradient; both in fp32. */
final class Losses {
    private Losses() {}

    static Backward softmaxCrossEntropy(SoftmaxCrossEntropy op, Unit unit, Lowering l) {
        Shape logits = l.shape(unit.inputs().get(0));
        boolean soft = l.shape(unit.inputs().get(1)).rank() == 2;
        Kernel kernel = soft
                ? new SoftCrossEntropyKernel(logits.n(), logits.c(), op)
                : new CrossEntropyKernel(positions(unit, l), logits.n(), op);
        return emit(kernel, unit, l);
    }

    static Backward softmaxDice(SoftmaxDice op, Unit unit, Lowering l) {
        return emit(new DiceKernel(positions(unit, l), op), unit, l);
    }

    static Backward hardNegativeCrossEntropy(HardNegativeCrossEntropy op, Unit unit, Lowering l) {
        Shape s = l.shape(unit.inputs().get(0));
        return emit(new HardNegativeKernel(s.n(), s.get(1), s.get(2), op), unit, l);
    }

    static Backward sigmoidFocal(SigmoidFocal op, Unit unit, Lowering l) {
        Shape s = l.shape(unit.inputs().get(0));
        return emit(new FocalKernel(Math.multiplyExact(s.n(), s.get(1)), s.get(2), op), unit, l);
    }

    static Backward boxSmoothL1(BoxSmoothL1 op, Unit unit, Lowering l) {
        Shape s = l.shape(unit.inputs().get(0));
        return emit(new SmoothL1Kernel(Math.multiplyExact(s.n(), s.get(1)), s.get(2), op), unit, l);
    }

    static Backward regionSmoothL1(RegionSmoothL1 op, Unit unit, Lowering l) {
        Shape s = l.shape(unit.inputs().get(0));
        return emit(new RegionSmoothL1Kernel(op, s.n(), s.c()), unit, l);
    }

    /** A map's cells, enlarged where a resize was fused into the loss, or the rows of a matrix. */
    private static Positions positions(Unit unit, Lowering l) {
        int logits = unit.inputs().get(0);
        Shape s = l.shape(logits);
        if (unit.resize() != null) {
            Shape large = l.shape(unit.resize().index());
            Resize op = (Resize) unit.resize().op();
            return new ResizedPositions(
                    l.layout().grid(logits), Taps.of(s.h(), large.h(), op), Taps.of(s.w(), large.w(), op));
        }
        return s.rank() == 2
                ? new FlatPositions(1, s.n(), s.c())
                : new FlatPositions(s.n(), Math.multiplyExact(s.h(), s.w()), s.c());
    }

    /** A loss of its first input, whose classes lie together, and others. */
    private static Backward emit(Kernel kernel, Unit unit, Lowering l) {
        int logits = unit.inputs().get(0);
        boolean isMap = l.shape(logits).rank() == 4;
        Order order = isMap && unit.resize() == null ? Order.NHWC : l.layout().order(logits);
        Desc rows = l.layout().desc(logits, order, Type.F32);
        Operand loss = l.temporary(l.layout().vector(1));
        Operand ownGradient = l.form().needsGradient(unit.output()) ? l.temporary(rows) : null;
        List<Operand> operands = new ArrayList<>(List.of(l.value(logits, rows)));
        for (int target : unit.inputs().subList(1, unit.inputs().size())) {
            operands.add(l.value(target));
        }
        operands.add(loss);
        if (ownGradient != null) {
            operands.add(ownGradient);
        }
        l.call(l.forward(unit), kernel, operands.toArray(Operand[]::new));
        l.define(unit.output(), loss);
        return gradient -> {
            Operand[] ofInputs = new Operand[unit.inputs().size()];
            ofInputs[0] = scaled(ownGradient, gradient, unit, l);
            return Arrays.asList(ofInputs);
        };
    }

    private static Operand scaled(Operand ownGradient, Operand gradient, Unit unit, Lowering l) {
        if (l.isOne(gradient)) {
            return ownGradient;
        }
        int elements = Math.toIntExact(ownGradient.desc().bytes() / Float.BYTES);
        Operand scaled = l.temporary(ownGradient.desc());
        l.call(l.backward(unit), new ScaleKernel(elements), ownGradient, gradient, scaled);
        l.mayWorkInPlace(scaled, ownGradient);
        return scaled;
    }

    static Backward weightedSum(WeightedSum op, Unit unit, Lowering l) {
        List<Operand> operands = new ArrayList<>();
        unit.inputs().forEach(input -> operands.add(l.value(input)));
        Operand sum = l.temporary(l.layout().vector(1));
        operands.add(sum);
        double[] weights =
                op.weights().stream().mapToDouble(Double::doubleValue).toArray();
        l.call(l.forward(unit), new WeightedSumKernel(weights), operands.toArray(Operand[]::new));
        l.define(unit.output(), sum);
        return gradient -> {
            Operand[] ofInputs = new Operand[weights.length];
            for (int i = 0; i < weights.length; i++) {
                if (weights[i] == 1 || !l.form().needsGradient(unit.inputs().get(i))) {
                    ofInputs[i] = weights[i] == 1 ? gradient : null;
                } else {
                    ofInputs[i] = l.temporary(l.layout().vector(1));
                    l.call(l.backward(unit), new WeightedSumKernel(weights[i]), gradient, ofInputs[i]);
                }
            }
            return Arrays.asList(ofInputs);
        };
    }
}
