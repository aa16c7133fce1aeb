package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Type;
import io.vertebra.cuda.emit.Call.Label;
import io.vertebra.graph.op.ChannelSelect;
import io.vertebra.graph.op.ChannelShuffle;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Slice;
import io.vertebra.graph.plan.Unit;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Channels in another order, or some of a map's channels. The gradients of all slices of a value are put together. */
final class Channels {
    private static final String FILE = "moves";

    private final Lowering l;
    /** Value → gradients of its slices so far. */
    private final Map<Integer, Map<Unit, Operand>> ofSlices = new LinkedHashMap<>();

    Channels(Lowering l) {
        this.l = l;
    }

    Backward shuffle(ChannelShuffle op, Unit unit) {
        int y = unit.output();
        int channels = l.shape(y).c();
        Operand source = l.value(unit.inputs().get(0), l.type(y));
        l.define(y, shuffle(l.forward(unit), source, y, op.groups()));
        return gradient -> List.of(shuffle(l.backward(unit), gradient, y, channels / op.groups()));
    }

    private Operand shuffle(Label label, Operand from, int value, int groups) {
        int channels = l.shape(value).c();
        long cells = cells(l.shape(value));
        Operand to = l.like(value);
        Packs packs = Packs.of(FILE, l.type(value), channels);
        l.launch(label, packs.each("shuffle_channels", cells), from, to, cells, channels, groups);
        return to;
    }

    Backward select(Unit unit) {
        int x = unit.inputs().get(0);
        int y = unit.output();
        int[] index = l.weights().indices(unit.node().parameter(ChannelSelect.INDEX));
        int channels = l.shape(x).c();
        long cells = cells(l.shape(x));
        Operand result = l.like(y);
        Packs packs = Packs.of(FILE, l.type(y), index.length);
        l.launch(
                l.forward(unit),
                packs.each("select_channels", cells),
                l.value(x, l.type(y)),
                l.table(index),
                result,
                cells,
                channels,
                index.length);
        l.define(y, result);
        return gradient -> List.of(unselect(unit, l.convert(gradient, l.type(x), unit.name()), index));
    }

    /** The gradient of a channel is the sum over those that show it, in their order. */
    private Operand unselect(Unit unit, Operand gradient, int[] index) {
        int x = unit.inputs().get(0);
        int channels = l.shape(x).c();
        long cells = cells(l.shape(x));
        int[] begins = new int[channels + 1];
        for (int channel : index) {
            begins[channel + 1]++;
        }
        Arrays.parallelPrefix(begins, Integer::sum);
        int[] next = begins.clone();
        int[] shown = new int[index.length];
        for (int j = 0; j < index.length; j++) {
            shown[next[index[j]]++] = j;
        }
        Operand sums = l.like(x);
        l.launch(
                l.backward(unit),
                Packs.of(FILE, l.type(x), channels).each("unselect_channels", cells),
                gradient,
                l.table(begins),
                l.table(shown),
                sums,
                cells,
                channels,
                index.length);
        return sums;
    }

    private static long cells(Shape map) {
        return (long) map.n() * map.h() * map.w();
    }

    Backward slice(Slice op, Unit unit) {
        int x = unit.inputs().get(0);
        int y = unit.output();
        Shape in = l.shape(x);
        int count = op.to() - op.from();
        Operand result = l.like(y);
        Copies.copy(
                l.forward(unit),
                new Copies.Columns(l.value(x, l.type(y)), op.from(), in.c()),
                new Copies.Columns(result, 0, count),
                cells(in),
                count,
                l);
        l.define(y, result);
        return gradient -> {
            Map<Unit, Operand> parts = ofSlices.computeIfAbsent(x, v -> new LinkedHashMap<>());
            parts.put(unit, l.convert(gradient, l.type(x), unit.name()));
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
        Shape in = l.shape(unit.inputs().get(0));
        Type type = l.type(unit.inputs().get(0));
        Operand whole = l.temporary(type, in.elements());
        for (Unit slice : slices) {
            Slice op = (Slice) slice.node().op();
            int count = op.to() - op.from();
            Copies.Columns from = new Copies.Columns(parts.get(slice), 0, count);
            Copies.copy(l.backward(unit), from, new Copies.Columns(whole, op.from(), in.c()), cells(in), count, l);
        }
        int channel = 0;
        while (channel < in.c()) {
            int end = channel;
            while (end < in.c() && isIn(slices, end) == isIn(slices, channel)) {
                end++;
            }
            if (!isIn(slices, channel)) {
                Copies.Columns to = new Copies.Columns(whole, channel, in.c());
                Copies.clear(l.backward(unit), to, cells(in), end - channel, l);
            }
            channel = end;
        }
        return whole;
    }

    private static boolean isIn(List<Unit> slices, int channel) {
        return slices.stream().anyMatch(slice -> has(slice, channel));
    }
}
