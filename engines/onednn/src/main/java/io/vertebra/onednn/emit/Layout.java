package io.vertebra.onednn.emit;

import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.op.Convolution;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.pass.Slices;
import io.vertebra.graph.plan.Form;
import io.vertebra.graph.plan.Program;
import io.vertebra.graph.plan.Unit;
import io.vertebra.onednn.kernel.Grid;
import io.vertebra.onednn.kernel.MergedGroups;
import io.vertebra.onednn.natives.Desc;
import io.vertebra.onednn.natives.Handles;
import io.vertebra.onednn.natives.Tag;
import io.vertebra.onednn.natives.Type;
import io.vertebra.onednn.pass.NarrowGroups;
import io.vertebra.onednn.pass.Order;
import io.vertebra.onednn.pass.Orders;
import io.vertebra.onednn.pass.WideKernels;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** How the values of a program lie in memory: the order and type of each, and descriptors and grids that say so. */
final class Layout {
    private final Form form;
    private final Orders orders;
    private final Map<Integer, Slices.Slice> slices;
    private final Handles handles;
    private final Type compute;
    private final int block;
    private final Map<Integer, Desc> descs = new LinkedHashMap<>();

    /** Of a program; descriptors are freed with the handles. */
    Layout(Program program, Handles handles, Target target) {
        this.form = program.form();
        this.orders = Orders.of(program, target.block());
        this.slices = Slices.of(program);
        this.handles = handles;
        this.compute = target.precision() == Precision.BF16 ? Type.BF16 : Type.F32;
        this.block = target.block();
    }

    /** The type that convolutions compute in. */
    Type compute() {
        return compute;
    }

    Slices.Slice slice(int value) {
        return slices.get(value);
    }

    Order order(int value) {
        return orders.of(value);
    }

    /** Whether a convolution is faster channels last although the trunk lies in blocks. */
    boolean likesRows(Unit unit) {
        boolean inBlocks = order(unit.output()) == Order.BLOCKED && slice(unit.output()) == null;
        return inBlocks && WideKernels.likesRows(form, unit, block, compute == Type.F32);
    }

    /** How a convolution of the trunk becomes one of wider groups, or {@code null} where it stays as it is. */
    MergedGroups merged(Unit unit, Convolution op) {
        boolean inBlocks = order(unit.output()) == Order.BLOCKED;
        return inBlocks
                ? NarrowGroups.merged(op, form.shape(unit.inputs().get(0)).c(), block)
                : null;
    }

    Type type(int value) {
        if (form.graph().nodes().get(value).op().type() == DataType.I32) {
            return Type.S32;
        }
        return orders.isAlwaysSingle(value) ? Type.F32 : compute;
    }

    Desc desc(Type type, Tag tag, long... extents) {
        return Desc.of(handles, type, tag, extents);
    }

    Desc vector(long length) {
        return desc(Type.F32, Tag.PLAIN, length);
    }

    /** All elements of a dense tensor in the order of memory, padding included. */
    Desc row(Desc desc, Type type) {
        return desc(type, Tag.PLAIN, desc.bytes() / type.bytes());
    }

    /** The value's own order and type; its gradient has the same. */
    Desc desc(int value) {
        return descs.computeIfAbsent(value, v -> desc(v, order(v), type(v)));
    }

    Desc desc(int value, Order order, Type type) {
        return desc(type, tag(order), extents(form.shape(value)));
    }

    Tag tag(Order order) {
        return switch (order) {
            case PLAIN -> Tag.PLAIN;
            case NHWC -> Tag.NHWC;
            case BLOCKED -> block == 16 ? Tag.BLOCKED_16 : block == 8 ? Tag.BLOCKED_8 : Tag.NHWC;
        };
    }

    /** A scalar is a vector of one. */
    static long[] extents(Shape shape) {
        return shape.rank() == 0
                ? new long[] {1}
                : Arrays.stream(shape.toArray()).asLongStream().toArray();
    }

    /** Where the elements of a value lie in its own order. */
    Grid grid(int value) {
        return grid(value, order(value));
    }

    /** Where they lie in an order; a vector is a map of one pixel. */
    Grid grid(int value, Order order) {
        Shape s = form.shape(value);
        return switch (order) {
            case PLAIN -> Grid.plain(s.n(), s.c(), s.h(), s.w());
            case NHWC -> Grid.channelsLast(s.n(), s.c(), s.h(), s.w());
            case BLOCKED -> Grid.blocked(s.n(), s.c(), s.h(), s.w(), block);
        };
    }

    /** Whether a map's bytes are the same in its own order and row-major. */
    boolean liesPlain(int value) {
        Shape s = form.shape(value);
        boolean pixel = s.h() == 1 && s.w() == 1;
        return order(value) == Order.PLAIN
                || (pixel && (order(value) == Order.NHWC || block == 1 || s.c() % block == 0));
    }
}
