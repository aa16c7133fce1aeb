package io.vertebra.onednn.emit;

import io.vertebra.graph.op.Convolution;
import io.vertebra.graph.plan.Unit;
import io.vertebra.onednn.kernel.DepthwiseDataKernel;
import io.vertebra.onednn.kernel.DepthwiseWeightsKernel;
import io.vertebra.onednn.kernel.Kernel;
import io.vertebra.onednn.natives.Desc;
import io.vertebra.onednn.natives.Tag;
import io.vertebra.onednn.natives.Type;
import io.vertebra.onednn.natives.Window;
import io.vertebra.onednn.pass.Order;
import java.util.ArrayList;
import java.util.List;

/**
 * The backward passes of depthwise convolutions that are left to hand kernels, since oneDNN has only general code for them:
 * of weights with dilation or of more than 3x3, of data with dilation and without stride.
 */
final class Depthwise {
    private static final int LARGEST = 3;

    private final Convolution op;
    private final Lowering l;
    private final Unit unit;
    private final int x;
    private final int y;
    private final Window window;
    private final String weightName;
    private final boolean inBlocks;
    private final boolean dilated;

    Depthwise(Convolution op, Unit unit, Window window, Lowering l) {
        this.op = op;
        this.l = l;
        this.unit = unit;
        this.x = unit.inputs().get(0);
        this.y = unit.output();
        this.window = window;
        this.weightName = unit.node().parameter("weight");
        boolean depthwise = op.groups() > 1 && op.groups() == l.shape(x).c() && op.out() == op.groups();
        this.inBlocks = depthwise && l.layout().order(y) == Order.BLOCKED;
        this.dilated = op.dilation().height() > 1 || op.dilation().width() > 1;
    }

    boolean givesWeights() {
        return inBlocks
                && (dilated || Math.max(op.kernel().height(), op.kernel().width()) > LARGEST);
    }

    boolean givesData() {
        boolean steps = op.stride().height() > 1 || op.stride().width() > 1;
        return inBlocks && dilated && !steps;
    }

    private Desc plain() {
        return l.layout()
                .desc(Type.F32, Tag.PLAIN, Convolutions.extents(op, l.shape(x).c()));
    }

    private Operand gradient(Operand given) {
        return l.convert(given, l.layout().desc(y, Order.BLOCKED, l.compute()), unit.name());
    }

    void weights(Operand given) {
        Operand toWeight = l.parameterGradients().target(weightName, plain());
        List<Operand> operands = new ArrayList<>(List.of(
                l.value(x, l.layout().desc(x, Order.BLOCKED, l.compute())), gradient(given), toWeight));
        String biasName = unit.node().parameter("bias");
        Operand toBias =
                op.bias() ? l.parameterGradients().target(biasName, l.layout().vector(op.out())) : null;
        if (toBias != null) {
            operands.add(toBias);
        }
        Kernel kernel = new DepthwiseWeightsKernel(
                l.layout().grid(x, Order.BLOCKED), l.layout().grid(y, Order.BLOCKED), window, l.compute() == Type.BF16);
        call("backward weights", kernel, operands.toArray(Operand[]::new));
        l.parameterGradients().finish(unit, weightName, toWeight);
        if (toBias != null) {
            l.parameterGradients().finish(unit, biasName, toBias);
        }
    }

    Operand data(Operand given) {
        Operand toSource = l.temporary(l.layout().desc(x, Order.BLOCKED, l.compute()));
        Operand weight = l.weights().weight(weightName, plain());
        Kernel kernel = new DepthwiseDataKernel(
                l.layout().grid(x, Order.BLOCKED), l.layout().grid(y, Order.BLOCKED), window, l.compute() == Type.BF16);
        call("backward data", kernel, toSource, gradient(given), weight);
        return toSource;
    }

    private void call(String pass, Kernel kernel, Operand... operands) {
        l.call(l.label(unit, pass, op.macs(List.of(l.shape(x)))), kernel, operands);
    }
}
