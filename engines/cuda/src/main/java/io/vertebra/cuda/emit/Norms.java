package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Grid;
import io.vertebra.cuda.device.Type;
import io.vertebra.graph.op.BatchNorm;
import io.vertebra.graph.plan.Unit;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Batch norms that stand alone, with the sum and the function behind them. Backwards they compute the function's argument once
 * more, unless there is a sum, and take gradients in parts.
 */
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
    private final int pictures;

    private Norms(BatchNorm op, Unit unit, Lowering l) {
        this.op = op;
        this.l = l;
        this.unit = unit;
        this.x = unit.inputs().get(0);
        this.type = l.type(unit.output());
        this.pictures = l.shape(x).n();
        this.channels = l.shape(x).c();
        this.rows = l.shape(x).elements() / channels;
        this.given = l.form().usesRunningStatistics(op);
    }

    static Backward emit(BatchNorm op, Unit unit, Lowering l) {
        return new Norms(op, unit, l).emit();
    }

    private Backward emit() {
        Operand source = l.value(x, type);
        Operand mean = given ? l.weights().vector(unit.node().parameter("running_mean")) : vector();
        Operand variance = given ? l.weights().vector(unit.node().parameter("running_var")) : vector();
        if (!given) {
            statistics(source, mean, variance);
        }
        Operand weight = l.weights().vector(unit.node().parameter("weight"));
        Operand bias = l.weights().vector(unit.node().parameter("bias"));
        ChannelNorms norm = new ChannelNorms(mean, variance, weight, bias, 0, op.epsilon(), unit.activation());
        Operand result = l.like(unit.output());
        Operand addend = unit.addend() == Unit.NONE ? null : l.value(unit.addend(), type);
        Tiles tiles = Tiles.ofMaps(type, 1, rows, channels);
        int pitch = l.slots().pitch(x);
        if (pitch > channels) {
            norm.applyToPart(l.forward(unit), tiles, source, pitch, result, l);
        } else {
            norm.apply(l.forward(unit), tiles, source, addend, result, l);
            l.mayWorkInPlace(result, source);
        }
        l.define(unit.output(), result);
        return gradient -> backward(norm, source, result, l.convert(gradient, type, unit.name()));
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
                moves ? l.weights().vector(unit.node().parameter("running_mean")) : null,
                moves ? l.weights().vector(unit.node().parameter("running_var")) : null,
                rows,
                channels,
                tiles.runs(),
                tiles.length(),
                (float) op.momentum(),
                rows > 1 ? (float) ((double) rows / (rows - 1)) : 1f);
    }

    /** The gradients of the map and of the addend, {@code null} where they need none. */
    private List<Operand> backward(ChannelNorms norm, Operand source, Operand result, Operand gradient) {
        boolean adds = unit.addend() != Unit.NONE;
        boolean sums = !given
                || l.form().trains(unit.node().parameter("weight"))
                || l.form().trains(unit.node().parameter("bias"));
        boolean differentiates = l.form().needsGradient(x);
        if (!sums && !differentiates) {
            return Arrays.asList(null, Activations.backward(unit, gradient, result, l));
        }
        Parts parts = Parts.of(gradient, l);
        boolean passes = parts.areWhole() && unit.activation() == null;
        boolean keeps = adds && !passes && l.form().needsGradient(unit.addend());
        Operand kept = keeps ? l.temporary(type, gradient.elements()) : null;
        Operand straight = given ? null : vector();
        Operand along = given ? null : vector();
        ChannelNorms left = norm;
        ChannelNorms.Given read =
                new ChannelNorms.Given(source, parts, adds && unit.activation() != null ? result : null, kept);
        if (sums) {
            gradients(norm, read, straight, along);
            if (keeps) {
                mayReplaceMaps(kept, parts);
                left = norm.bare();
                read = new ChannelNorms.Given(source, Parts.whole(kept), null, null);
            }
        }
        Operand dx = differentiates ? l.temporary(type, source.elements()) : null;
        if (differentiates) {
            left.backward(l.backward(unit), tiles(read, true), read, straight, along, dx, l);
            mayReplaceMaps(dx, read.gradient());
        }
        return adds ? Arrays.asList(dx, passes ? gradient : kept) : Collections.singletonList(dx);
    }

    private void mayReplaceMaps(Operand written, Parts read) {
        Stream.of(read.first(), read.second()).filter(Objects::nonNull).forEach(map -> l.mayWorkInPlace(written, map));
    }

    /** Where each picture has numbers of its own, a block has rows of one. */
    private Tiles tiles(ChannelNorms.Given read, boolean ofMaps) {
        int apart = read.gradient().tellPicturesApart() ? pictures : 1;
        return ofMaps
                ? Tiles.ofGradientMaps(type, apart, rows / apart, channels)
                : Tiles.ofGradientSums(type, apart, rows / apart, channels);
    }

    private void gradients(ChannelNorms norm, ChannelNorms.Given read, Operand straight, Operand along) {
        Tiles tiles = tiles(read, false);
        Operand partials = norm.sums(l.backward(unit), tiles, read, l);
        l.launch(
                l.backward(unit),
                new Kernel(FILE, "gradients", Type.F32, Grid.of(Grid.blocks(channels, WIDTH), Grid.THREADS)),
                partials,
                norm.weight(),
                l.gradients().target(unit.node().parameter("weight")),
                l.gradients().target(unit.node().parameter("bias")),
                straight,
                along,
                channels,
                tiles.allRuns(),
                (float) (1.0 / rows));
    }
}
