package io.vertebra.onednn.emit;

import io.vertebra.graph.op.Pad;
import io.vertebra.graph.op.ScaledAdd;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.plan.Unit;
import io.vertebra.onednn.kernel.PadKernel;
import io.vertebra.onednn.natives.Arg;
import io.vertebra.onednn.natives.Desc;
import io.vertebra.onednn.natives.PostOps;
import io.vertebra.onednn.natives.Recipe;
import io.vertebra.onednn.natives.Recipes;
import io.vertebra.onednn.natives.Tag;
import io.vertebra.onednn.natives.Type;
import io.vertebra.onednn.pass.Order;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Operators that put tensors together or see them in another way: sums, concat, pad, flatten. */
final class Joins {
    private Joins() {}

    static Backward add(Unit unit, Lowering l) {
        Desc desc = l.layout().desc(unit.output());
        Operand a = l.value(unit.inputs().get(0), desc);
        Operand b = l.value(unit.inputs().get(1), desc);
        Operand sum = sum(unit, a, b, desc, PostOps.of(Activations.of(unit.activation())), l.forward(unit), l);
        l.define(unit.output(), sum);
        return gradient -> {
            Operand before = Activations.backward(unit, gradient, sum, l);
            return List.of(before, before);
        };
    }

    /** a + b, perhaps over one of them. */
    static Operand sum(Unit unit, Operand a, Operand b, Desc desc, PostOps postOps, Call.Label label, Lowering l) {
        Recipe recipe = l.require(Recipes.add(desc, desc, desc, postOps), unit.name(), "add");
        Operand sum = l.temporary(desc);
        l.call(label, recipe, Lowering.arguments(Arg.SRC, a, Arg.SRC_1, b, Arg.DST, sum));
        l.mayWorkInPlace(sum, a);
        l.mayWorkInPlace(sum, b);
        return sum;
    }

    static Backward scaledAdd(ScaledAdd op, Unit unit, Lowering l) {
        int a = unit.inputs().get(0);
        int b = unit.inputs().get(1);
        float factor = (float) op.factor();
        Desc desc = l.layout().desc(unit.output());
        Operand left = l.value(a, desc);
        Operand right = l.value(b, desc);
        Operand constant = l.constant(factor, unit);
        Operand sum = l.temporary(desc);
        PostOps postOps = PostOps.of(Activations.of(unit.activation()));
        Recipe recipe = l.require(Recipes.scaledAdd(desc, desc, desc, postOps), unit.name(), "scaled add");
        l.call(
                l.forward(unit),
                recipe,
                Lowering.arguments(Arg.SRC, left, Arg.SRC_1, right, Arg.SCALE_OF_SRC_1, constant, Arg.DST, sum));
        l.mayWorkInPlace(sum, left);
        l.mayWorkInPlace(sum, right);
        l.define(unit.output(), sum);
        return gradient -> {
            Operand before = l.convert(Activations.backward(unit, gradient, sum, l), desc, unit.name());
            return Arrays.asList(
                    l.form().needsGradient(a) ? before : null,
                    l.form().needsGradient(b) ? scaled(unit, before, factor, l) : null);
        };
    }

    private static Operand scaled(Unit unit, Operand x, float factor, Lowering l) {
        Desc row = l.layout().row(x.desc(), l.layout().type(unit.output()));
        Recipe recipe = l.require(Recipes.scale(row, row, factor), unit.name(), "scale");
        Operand result = l.temporary(x.desc());
        l.call(l.backward(unit), recipe, Lowering.arguments(Arg.SRC, x.as(row), Arg.DST, result.as(row)));
        return result;
    }

    static Backward concat(Unit unit, Lowering l) {
        Operand whole = l.whole(unit.output());
        int channel = 0;
        for (int input : unit.inputs()) {
            Operand part = l.part(whole, input, channel);
            if (!l.isWrittenInto(input, part)) {
                l.reorder(l.value(input), part, unit.name());
            }
            channel += l.shape(input).c();
        }
        l.define(unit.output(), whole);
        return gradient -> {
            Operand all = l.convert(gradient, l.layout().desc(unit.output()), unit.name());
            List<Operand> parts = new ArrayList<>();
            int offset = 0;
            for (int input : unit.inputs()) {
                parts.add(l.form().needsGradient(input) ? l.part(all, input, offset) : null);
                offset += l.shape(input).c();
            }
            return parts;
        };
    }

    static Backward pad(Pad op, Unit unit, Lowering l) {
        int x = unit.inputs().get(0);
        int y = unit.output();
        boolean half = l.layout().type(y) == Type.BF16;
        Desc small = l.layout().desc(x, l.layout().order(y), l.layout().type(y));
        Operand result = l.temporary(l.layout().desc(y));
        l.call(l.forward(unit), kernel(op, x, y, half, false, l), l.value(x, small), result);
        l.define(y, result);
        return gradient -> {
            Operand inner = l.temporary(small);
            Operand outer = l.convert(gradient, l.layout().desc(y), unit.name());
            l.call(l.backward(unit), kernel(op, x, y, half, true, l), inner, outer);
            return List.of(inner);
        };
    }

    private static PadKernel kernel(Pad op, int x, int y, boolean half, boolean backward, Lowering l) {
        int top = op.space().top();
        int left = op.space().left();
        return new PadKernel(
                l.layout().grid(x, l.layout().order(y)), l.layout().grid(y), op.before(), top, left, half, backward);
    }

    /** Channels last, a map's bytes are its rows. */
    static Backward mapRows(Unit unit, Lowering l) {
        int x = unit.inputs().get(0);
        int y = unit.output();
        Desc map = l.layout().desc(x, Order.NHWC, l.layout().type(y));
        l.define(y, l.value(x, map).as(l.layout().desc(y)));
        return gradient ->
                List.of(l.convert(gradient, l.layout().desc(y), unit.name()).as(map));
    }

    /** A view of the same bytes where they lie row-major, else of a row-major copy. */
    static Backward flatten(Unit unit, Lowering l) {
        int x = unit.inputs().get(0);
        int y = unit.output();
        Desc rows = l.layout().desc(y);
        Type type = l.layout().type(y);
        Desc plain = l.layout().desc(x, Order.PLAIN, type);
        Desc own = l.layout().desc(x, l.layout().order(x), type);
        boolean view = l.layout().liesPlain(x);
        Operand source = view ? l.value(x, own) : l.value(x, plain);
        l.define(y, source.as(rows));
        return gradient -> {
            Operand flat = l.convert(gradient, rows, unit.name());
            return List.of(flat.as(view ? own : plain));
        };
    }

    /** The descriptor of a tensor of this shape in row-major order. */
    static Desc plain(Shape shape, Type type, Lowering l) {
        return l.layout().desc(type, Tag.PLAIN, Layout.extents(shape));
    }
}
