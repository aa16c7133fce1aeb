package io.vertebra.onednn.emit;

import io.vertebra.graph.op.ChannelSelect;
import io.vertebra.graph.op.ChannelShuffle;
import io.vertebra.graph.op.Slice;
import io.vertebra.graph.plan.Unit;
import io.vertebra.onednn.kernel.Grid;
import io.vertebra.onednn.kernel.MoveChannelsKernel;
import io.vertebra.onednn.natives.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Channels in another order, of one value or of several that would be joined, or some of a value's channels. The gradients
 * of all slices of a value are put together in one pass.
 */
final class Channels {
    private static final int NOTHING = -1;

    private final Lowering l;
    /** Value → gradients of its slices so far. */
    private final Map<Integer, Map<Unit, Operand>> ofSlices = new LinkedHashMap<>();

    Channels(Lowering l) {
        this.l = l;
    }

    Backward shuffle(ChannelShuffle op, Unit unit) {
        int y = unit.output();
        int groups = op.groups();
        int each = l.shape(y).c() / groups;
        l.define(y, forward(unit, c -> c % groups * each + c / groups));
        return gradient -> {
            List<Operand> ofInputs = new ArrayList<>();
            int first = 0;
            for (int x : unit.inputs()) {
                int offset = first;
                IntUnaryOperator back = c -> (c + offset) % each * groups + (c + offset) / each;
                ofInputs.add(
                        l.form().needsGradient(x)
                                ? backward(
                                        unit,
                                        List.of(given(unit, gradient, x)),
                                        List.of(l.layout().grid(y)),
                                        x,
                                        back)
                                : null);
                first += l.shape(x).c();
            }
            return ofInputs;
        };
    }

    /** The gradient of a channel is the sum over those that show it, in their order. */
    Backward select(Unit unit) {
        int x = unit.inputs().get(0);
        int y = unit.output();
        int[] index = l.weights().indices(unit.node().parameter(ChannelSelect.INDEX));
        l.define(y, forward(unit, c -> index[c]));
        return gradient -> List.of(move(
                l.backward(unit),
                l.layout().type(x),
                List.of(given(unit, gradient, x)),
                List.of(l.layout().grid(y)),
                x,
                shown(index, l.shape(x).c())));
    }

    /** Where each channel is shown, in order. */
    private static int[][] shown(int[] index, int channels) {
        Map<Integer, List<Integer>> places =
                IntStream.range(0, index.length).boxed().collect(Collectors.groupingBy(j -> index[j]));
        return IntStream.range(0, channels)
                .mapToObj(c -> places.getOrDefault(c, List.of()).stream()
                        .mapToInt(Integer::intValue)
                        .toArray())
                .toArray(int[][]::new);
    }

    /** A view where the map's order allows it: reading the part is then free, or one reorder to where it lies dense. */
    Backward slice(Slice op, Unit unit) {
        int x = unit.inputs().get(0);
        int y = unit.output();
        Operand part = l.part(l.value(x), y, op.from());
        l.define(y, part != null ? part : forward(unit, c -> c + op.from()));
        return gradient -> {
            Map<Unit, Operand> parts = ofSlices.computeIfAbsent(x, v -> new LinkedHashMap<>());
            parts.put(unit, given(unit, gradient, x));
            List<Unit> all = slices(unit);
            // the one that comes first is differentiated last
            return Collections.singletonList(all.get(0).equals(unit) ? together(unit, all, parts) : null);
        };
    }

    /** The slices of a value whose gradients can be put side by side; those of channels that others have too stay alone. */
    private List<Unit> slices(Unit slice) {
        int x = slice.inputs().get(0);
        List<Unit> all = l.program().units().stream()
                .filter(u -> u.node().op() instanceof Slice && u.inputs().contains(x))
                .filter(u -> l.form().needsGradient(u.output()))
                .toList();
        for (int c = 0; c < l.shape(x).c(); c++) {
            int channel = c;
            if (all.stream().filter(u -> has(u, channel)).count() > 1) {
                return List.of(slice);
            }
        }
        return all;
    }

    private static boolean has(Unit unit, int channel) {
        Slice slice = (Slice) unit.node().op();
        return channel >= slice.from() && channel < slice.to();
    }

    private Operand together(Unit unit, List<Unit> slices, Map<Unit, Operand> parts) {
        List<Operand> operands = slices.stream().map(parts::get).toList();
        List<Grid> grids = slices.stream().map(u -> l.layout().grid(u.output())).toList();
        return backward(unit, operands, grids, unit.inputs().get(0), c -> {
            int first = 0;
            for (Unit slice : slices) {
                Slice op = (Slice) slice.node().op();
                if (has(slice, c)) {
                    return first + c - op.from();
                }
                first += op.to() - op.from();
            }
            return NOTHING;
        });
    }

    /** {@code from}: the channel of the inputs, one after another, for each channel of the output. */
    private Operand forward(Unit unit, IntUnaryOperator from) {
        Type type = l.layout().type(unit.output());
        List<Operand> operands = new ArrayList<>();
        List<Grid> grids = new ArrayList<>();
        for (int x : unit.inputs()) {
            operands.add(l.value(x, l.layout().desc(x, l.layout().order(x), type)));
            grids.add(l.layout().grid(x));
        }
        return move(l.forward(unit), type, operands, grids, unit.output(), from);
    }

    /** The gradient of a result in its own order, in the type of x: what leaves the graph may be fp32 while x is not. */
    private Operand given(Unit unit, Operand gradient, int x) {
        int y = unit.output();
        return l.convert(
                gradient, l.layout().desc(y, l.layout().order(y), l.layout().type(x)), unit.name());
    }

    private Operand backward(Unit unit, List<Operand> given, List<Grid> grids, int x, IntUnaryOperator from) {
        return move(l.backward(unit), l.layout().type(x), given, grids, x, from);
    }

    private Operand move(
            Call.Label label, Type type, List<Operand> sources, List<Grid> grids, int target, IntUnaryOperator from) {
        int[][] channels = IntStream.range(0, l.shape(target).c())
                .map(from)
                .mapToObj(c -> c == NOTHING ? new int[0] : new int[] {c})
                .toArray(int[][]::new);
        return move(label, type, sources, grids, target, channels);
    }

    private Operand move(
            Call.Label label, Type type, List<Operand> sources, List<Grid> grids, int target, int[][] channels) {
        Operand result = l.temporary(l.layout().desc(target, l.layout().order(target), type));
        List<Operand> operands = new ArrayList<>(sources);
        operands.add(result);
        l.call(
                label,
                MoveChannelsKernel.of(grids, l.layout().grid(target), channels, type == Type.BF16),
                operands.toArray(Operand[]::new));
        return result;
    }
}
