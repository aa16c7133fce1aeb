package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Grid;
import io.vertebra.cuda.device.Type;
import io.vertebra.graph.op.BatchNorm;
import io.vertebra.graph.plan.Unit;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Batch norms that stand alone, with the ReLU behind them. */
final class Norms {
    private static final String FILE = "batch_norm";
    /** Channels of a block that puts partial sums together. */
    private static final int WIDTH = 8;

    private final BatchNorm op;
    private final Lowering l;
    private final Unit unit;
    private final int x;
    private final Type type;
    private final int channels;
    private final long rows;
    private final boolean given;
    private final String name;
    private final Operand weight;
    private final Operand bias;
    private final Object[] form;

    private Norms(BatchNorm op, Unit unit, Lowering l) {
        this.op = op;
        this.l = l;
        this.unit = unit;
        this.x = unit.inputs().get(0);
        this.type = l.type(unit.output());
        this.channels = l.shape(x).c();
        this.rows = l.shape(x).elements() / channels;
        this.given = l.form().usesRunningStatistics(op);
        this.name = unit.node().name();
        this.weight = l.weights().vector(name + ".weight");
        this.bias = l.weights().vector(name + ".bias");
        this.form = new Object[] {0, (float) op.epsilon(), unit.activation() == null ? 0 : 1};
    }

    static Backward emit(BatchNorm op, Unit unit, Lowering l) {
        return new Norms(op, unit, l).emit();
    }

    private Backward emit() {
        Operand source = l.value(x, type);
        Operand mean = given ? l.weights().vector(name + ".running_mean") : vector();
        Operand variance = given ? l.weights().vector(name + ".running_var") : vector();
        if (!given) {
            statistics(source, mean, variance);
        }
        Operand result = l.like(unit.output());
        List<Operand> tensors = List.of(source, mean, variance, weight, bias, result);
        Tiles.ofMaps(type, 1, rows, channels).launch(l.forward(unit), ChannelNorms.FILE, "apply", l, tensors, form);
        l.mayWorkInPlace(result, source);
        l.define(unit.output(), result);
        return gradient -> backward(gradient, source, mean, variance);
    }

    private Operand vector() {
        return l.temporary(Type.F32, channels);
    }

    private void statistics(Operand source, Operand mean, Operand variance) {
        Tiles tiles = Tiles.ofSums(type, 1, rows, channels);
        Operand partials = ChannelNorms.moments(l.forward(unit), tiles, source, l);
        boolean moves = l.movesStatistics();
        l.launch(
                l.forward(unit),
                new Kernel(FILE, "statistics", Type.F32, Grid.of(Grid.blocks(channels, WIDTH), Grid.THREADS)),
                partials,
                mean,
                variance,
                moves ? l.weights().vector(name + ".running_mean") : null,
                moves ? l.weights().vector(name + ".running_var") : null,
                rows,
                channels,
                tiles.runs(),
                tiles.length(),
                (float) op.momentum(),
                rows > 1 ? (float) ((double) rows / (rows - 1)) : 1f);
    }

    private List<Operand> backward(Operand gradient, Operand source, Operand mean, Operand variance) {
        Operand dy = l.convert(gradient, type, unit.name());
        boolean differentiates = l.form().needsGradient(x);
        boolean trains = l.form().trains(name + ".weight") || l.form().trains(name + ".bias");
        Operand straight = given ? null : vector();
        Operand along = given ? null : vector();
        List<Operand> read = List.of(source, dy, mean, variance, weight, bias);
        if (trains || !given) {
            gradients(read, straight, along);
        }
        if (!differentiates) {
            return Collections.singletonList(null);
        }
        Operand dx = l.temporary(type, source.elements());
        ChannelNorms.backward(
                l.backward(unit), Tiles.ofMaps(type, 1, rows, channels), read, straight, along, dx, l, form);
        l.mayWorkInPlace(dx, dy);
        return List.of(dx);
    }

    private void gradients(List<Operand> read, Operand straight, Operand along) {
        Tiles tiles = Tiles.ofSums(type, 1, rows, channels);
        Operand partials = ChannelNorms.sums(l.backward(unit), tiles, read, l, form);
        l.launch(
                l.backward(unit),
                new Kernel(FILE, "gradients", Type.F32, Grid.of(Grid.blocks(channels, WIDTH), Grid.THREADS)),
                Arrays.asList(
                                partials,
                                weight,
                                ParameterGradients.target(name + ".weight", channels, l),
                                ParameterGradients.target(name + ".bias", channels, l),
                                straight,
                                along,
                                channels,
                                tiles.runs(),
                                (float) (1.0 / rows))
                        .toArray());
    }
}
