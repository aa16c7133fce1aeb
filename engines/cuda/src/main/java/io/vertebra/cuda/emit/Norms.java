package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Grid;
import io.vertebra.cuda.device.Type;
import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.BatchNorm;
import io.vertebra.graph.plan.Unit;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Batch norms that stand alone, with the ReLU, or the sum and the function of it, behind them. */
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
        this.form = form(unit.activation() == Activation.Function.RELU);
    }

    private Object[] form(boolean relu) {
        return new Object[] {0, (float) op.epsilon(), relu ? 1 : 0};
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
        Operand addend = unit.addend() == Unit.NONE ? null : l.value(unit.addend(), type);
        List<Operand> read = Arrays.asList(source, mean, variance, weight, bias, addend);
        Tiles tiles = Tiles.ofMaps(type, 1, rows, channels);
        ChannelNorms.apply(l.forward(unit), tiles, read, result, l, form);
        l.mayWorkInPlace(result, source);
        if (unit.activation() != Activation.Function.RELU) {
            Activations.inPlace(unit, result, l);
        }
        l.define(unit.output(), result);
        if (addend == null) {
            return gradient -> Collections.singletonList(backward(gradient, source, mean, variance, form));
        }
        return gradient -> {
            Operand ofSum = Activations.backward(unit, gradient, result, l);
            return Arrays.asList(backward(ofSum, source, mean, variance, form(false)), ofSum);
        };
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

    /** The gradient of the map, or {@code null} where it needs none. */
    private Operand backward(Operand gradient, Operand source, Operand mean, Operand variance, Object[] ofGradients) {
        Operand dy = l.convert(gradient, type, unit.name());
        boolean differentiates = l.form().needsGradient(x);
        boolean trains = l.form().trains(name + ".weight") || l.form().trains(name + ".bias");
        Operand straight = given ? null : vector();
        Operand along = given ? null : vector();
        List<Operand> read = List.of(source, dy, mean, variance, weight, bias);
        if (trains || !given) {
            gradients(read, straight, along, ofGradients);
        }
        if (!differentiates) {
            return null;
        }
        Operand dx = l.temporary(type, source.elements());
        ChannelNorms.backward(
                l.backward(unit), Tiles.ofMaps(type, 1, rows, channels), read, straight, along, dx, l, ofGradients);
        l.mayWorkInPlace(dx, dy);
        return dx;
    }

    private void gradients(List<Operand> read, Operand straight, Operand along, Object[] ofGradients) {
        Tiles tiles = Tiles.ofSums(type, 1, rows, channels);
        Operand partials = ChannelNorms.sums(l.backward(unit), tiles, read, l, ofGradients);
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
