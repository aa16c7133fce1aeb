package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.ProductSpec;
import io.vertebra.cuda.device.Type;
import io.vertebra.graph.op.Linear;
import io.vertebra.graph.plan.Unit;
import java.util.Collections;
import java.util.List;

/** Fully connected layers. */
final class Linears {
    private Linears() {}

    static Backward emit(Linear op, Unit unit, Lowering l) {
        int x = unit.inputs().get(0);
        int features = l.shape(x).c();
        Rows rows = new Rows(unit, l.shape(x).n(), features, op.out(), op.macs(List.of(l.shape(x))), l);
        Operand bias = op.bias() ? l.weights().vector(unit.node().parameter("bias")) : null;
        Operand source = l.value(x, l.compute());
        Operand weight = l.weights().weight(unit.node().parameter("weight"), l.compute());
        Operand result = rows.forward(source, weight, bias);
        Activations.inPlace(unit, result, l);
        l.define(unit.output(), result);
        return gradient -> backward(op, unit, rows, source, result, gradient, l);
    }

    private static List<Operand> backward(
            Linear op, Unit unit, Rows rows, Operand source, Operand result, Operand gradientOfResult, Lowering l) {
        String bias = unit.node().parameter("bias");
        String weight = unit.node().parameter("weight");
        Operand gradient = Activations.backward(unit, gradientOfResult, result, l);
        if (op.bias() && l.form().trains(bias)) {
            Operand target = l.gradients().target(bias);
            Columns.sum(
                    l.label(unit, "backward weights", 0),
                    gradient,
                    l.shape(unit.output()).n(),
                    op.out(),
                    target,
                    l);
        }
        Operand given = l.convert(gradient, l.compute(), unit.name());
        if (l.form().trains(weight)) {
            rows.weights(source, given, l.gradients().target(weight));
        }
        return l.form().needsGradient(unit.inputs().get(0))
                ? List.of(rows.data(given, l.weights().weight(weight, l.compute())))
                : Collections.singletonList(null);
    }

    /** The three products of a layer that maps rows of features to rows of other features; weight (out, in). */
    static final class Rows {
        private final Unit unit;
        private final int count;
        private final int in;
        private final int out;
        private final long macs;
        private final Lowering l;

        Rows(Unit unit, int count, int in, int out, long macs, Lowering l) {
            this.unit = unit;
            this.count = count;
            this.in = in;
            this.out = out;
            this.macs = macs;
            this.l = l;
        }

        private void product(
                String pass,
                Type type,
                int m,
                int n,
                int k,
                boolean transposeA,
                boolean transposeB,
                Operand... tensors) {
            boolean bias = tensors.length > 3 && tensors[2] != null;
            ProductSpec spec = new ProductSpec(
                    unit.name(), l.compute(), type, l.target().math(), m, n, k, transposeA, transposeB, bias);
            Operand[] given =
                    tensors.length > 3 && !bias ? new Operand[] {tensors[0], tensors[1], tensors[3]} : tensors;
            l.run(l.label(unit, pass, macs), l.target().device().product(spec), given);
        }

        Operand forward(Operand x, Operand weight, Operand bias) {
            Operand y = l.like(unit.output());
            product("forward", y.type(), count, out, in, false, true, x, weight, bias, y);
            return y;
        }

        Operand data(Operand dy, Operand weight) {
            Operand dx = l.temporary(l.compute(), (long) count * in);
            product("backward data", dx.type(), count, in, out, false, false, dy, weight, dx);
            return dx;
        }

        void weights(Operand x, Operand dy, Operand to) {
            product("backward weights", Type.F32, out, in, count, true, false, dy, x, to);
        }
    }
}
