package io.vertebra.onednn.emit;

import io.vertebra.graph.op.ChannelShuffle;
import io.vertebra.graph.op.Slice;
import io.vertebra.onednn.kernel.MoveChannelsKernel;
import io.vertebra.onednn.natives.Desc;
import io.vertebra.onednn.natives.Type;
import io.vertebra.onednn.plan.Unit;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/** Channels in another order, or some of them. */
final class Channels {
    private static final int NOTHING = -1;

    private Channels() {}

    static Backward shuffle(ChannelShuffle op, Unit unit, Lowering l) {
        int y = unit.output();
        int groups = op.groups();
        int each = l.shape(y).c() / groups;
        return emit(unit, c -> c % groups * each + c / groups, c -> c % each * groups + c / each, l);
    }

    /** A view where the map's order allows it: reading the part is then free, or one reorder to where it lies dense. */
    static Backward slice(Slice op, Unit unit, Lowering l) {
        int x = unit.inputs().get(0);
        int y = unit.output();
        IntUnaryOperator back = c -> c >= op.from() && c < op.to() ? c - op.from() : NOTHING;
        Operand part = l.part(l.value(x), y, op.from());
        if (part == null) {
            return emit(unit, c -> c + op.from(), back, l);
        }
        l.define(y, part);
        return backward(unit, back, l);
    }

    /** {@code from}: the channel of x for a channel of y; {@code back}: the reverse. */
    private static Backward emit(Unit unit, IntUnaryOperator from, IntUnaryOperator back, Lowering l) {
        int x = unit.inputs().get(0);
        int y = unit.output();
        Operand source = l.value(x, l.desc(x, l.order(x), l.type(y)));
        Operand result = l.temporary(l.desc(y));
        l.call(l.forward(unit), kernel(x, y, from, unit, l), source, result);
        l.define(y, result);
        return backward(unit, back, l);
    }

    private static Backward backward(Unit unit, IntUnaryOperator back, Lowering l) {
        int x = unit.inputs().get(0);
        int y = unit.output();
        return gradient -> {
            Desc desc = l.desc(x, l.order(x), l.type(y));
            Operand toSource = l.temporary(desc);
            Operand given = l.convert(gradient, l.desc(y), unit.name());
            l.call(l.backward(unit), kernel(y, x, back, unit, l), given, toSource);
            return List.of(toSource);
        };
    }

    private static MoveChannelsKernel kernel(int source, int target, IntUnaryOperator from, Unit unit, Lowering l) {
        int[] channels = IntStream.range(0, l.shape(target).c()).map(from).toArray();
        boolean half = l.type(unit.output()) == Type.BF16;
        return new MoveChannelsKernel(l.grid(source), l.grid(target), channels, half);
    }
}
