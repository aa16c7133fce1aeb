package io.vertebra.onednn.emit;

import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import io.vertebra.onednn.kernel.CrossEntropyKernel;
import io.vertebra.onednn.kernel.ScaleKernel;
import io.vertebra.onednn.natives.Desc;
import io.vertebra.onednn.natives.Type;
import io.vertebra.onednn.plan.Order;
import io.vertebra.onednn.plan.Unit;
import java.util.Arrays;

/** Losses: one pass gives the loss and, where it is wanted, the gradient. */
final class Losses {
    private Losses() {}

    static Backward softmaxCrossEntropy(SoftmaxCrossEntropy op, Unit unit, Lowering l) {
        int logits = unit.inputs().get(0);
        int labels = unit.inputs().get(1);
        Shape shape = l.shape(logits);
        boolean isMap = shape.rank() == 4;
        Desc rows = l.desc(logits, isMap ? Order.NHWC : Order.PLAIN, Type.F32);
        boolean soft = l.shape(labels).rank() == shape.rank();
        int count = Math.toIntExact(shape.elements() / shape.c());
        Operand loss = l.temporary(l.vector(1));
        Operand ownGradient = l.form().needsGradient(unit.output()) ? l.temporary(rows) : null;
        CrossEntropyKernel kernel = new CrossEntropyKernel(count, shape.c(), soft, op.smoothing(), op.ignore());
        Operand x = l.value(logits, rows);
        Operand q = l.value(labels);
        if (ownGradient == null) {
            l.call(l.forward(unit), kernel, x, q, loss);
        } else {
            l.call(l.forward(unit), kernel, x, q, loss, ownGradient);
        }
        l.define(unit.output(), loss);
        return gradient -> {
            if (l.isOne(gradient)) {
                return Arrays.asList(ownGradient, null);
            }
            Operand scaled = l.temporary(rows);
            l.call(l.backward(unit), new ScaleKernel(Math.toIntExact(shape.elements())), ownGradient, gradient, scaled);
            l.mayWorkInPlace(scaled, ownGradient);
            return Arrays.asList(scaled, null);
        };
    }
}
