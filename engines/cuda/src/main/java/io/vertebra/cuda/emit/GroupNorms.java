package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Grid;
import io.vertebra.cuda.device.Type;
import io.vertebra.graph.op.GroupNorm;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.plan.Unit;
import java.util.Collections;
import java.util.List;

/**
 * Group norms: each group's statistics are written once for each of its channels, so that a map is read as for
 * batch norm, with the function behind it.
 */
final class GroupNorms {
    private static final String FILE = "group_norm";

    private final GroupNorm op;
    private final Lowering l;
    private final Unit unit;
    private final int x;
    private final Type type;
    private final Shape shape;
    private final Tiles sums;

    private GroupNorms(GroupNorm op, Unit unit, Lowering l) {
        this.op = op;
        this.l = l;
        this.unit = unit;
        this.x = unit.inputs().get(0);
        this.type = l.type(unit.output());
        this.shape = l.shape(x);
        this.sums = Tiles.ofSums(type, shape.n(), Tiles.cells(shape), shape.c());
    }

    static Backward emit(GroupNorm op, Unit unit, Lowering l) {
        return new GroupNorms(op, unit, l).emit();
    }

    /** A number for each channel of each picture. */
    private Operand vectors() {
        return l.temporary(Type.F32, (long) shape.n() * shape.c());
    }

    private Kernel ofGroups(String function) {
        int blocks = Math.multiplyExact(shape.n(), op.groups());
        return new Kernel(FILE, function, Type.F32, Grid.of(blocks, Grid.THREADS));
    }

    private Backward emit() {
        Operand source = l.value(x, type);
        Operand mean = vectors();
        Operand variance = vectors();
        Operand partials = ChannelNorms.moments(l.forward(unit), sums, source, l);
        l.launch(
                l.forward(unit),
                ofGroups("statistics"),
                partials,
                mean,
                variance,
                sums.rows(),
                shape.c(),
                op.groups(),
                sums.runs(),
                sums.length());
        Operand result = l.like(unit.output());
        Operand weight = l.weights().vector(unit.node().parameter("weight"));
        Operand bias = l.weights().vector(unit.node().parameter("bias"));
        ChannelNorms norm = new ChannelNorms(mean, variance, weight, bias, shape.c(), op.epsilon(), unit.activation());
        Tiles maps = Tiles.ofMaps(type, shape.n(), Tiles.cells(shape), shape.c());
        norm.apply(l.forward(unit), maps, source, null, result, l);
        l.mayWorkInPlace(result, source);
        l.define(unit.output(), result);
        return gradient -> backward(norm, source, l.convert(gradient, type, unit.name()));
    }

    private List<Operand> backward(ChannelNorms norm, Operand source, Operand gradient) {
        ChannelNorms.Given read = new ChannelNorms.Given(source, Parts.of(gradient, l), null, null);
        Tiles tiles = Tiles.ofGradientSums(type, shape.n(), Tiles.cells(shape), shape.c());
        Operand partials = norm.sums(l.backward(unit), tiles, read, l);
        if (l.form().trains(unit.node().parameter("weight"))
                || l.form().trains(unit.node().parameter("bias"))) {
            Operand toBias = l.gradients().target(unit.node().parameter("bias"));
            Operand toWeight = l.gradients().target(unit.node().parameter("weight"));
            Columns.sumRuns(l.backward(unit), partials, tiles.allRuns(), 1, shape.c(), toBias, shape.c(), toWeight, l);
        }
        if (!l.form().needsGradient(x)) {
            return Collections.singletonList(null);
        }
        Operand straight = vectors();
        Operand along = vectors();
        l.launch(
                l.backward(unit),
                ofGroups("means"),
                partials,
                norm.weight(),
                straight,
                along,
                tiles.rows(),
                shape.c(),
                op.groups(),
                tiles.runs());
        Operand dx = l.temporary(type, source.elements());
        Tiles maps = Tiles.ofGradientMaps(type, shape.n(), Tiles.cells(shape), shape.c());
        norm.backward(l.backward(unit), maps, read, straight, along, dx, l);
        l.mayWorkInPlace(dx, gradient); // where it is there
        return List.of(dx);
    }
}
