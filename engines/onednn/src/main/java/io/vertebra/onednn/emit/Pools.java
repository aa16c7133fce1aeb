package io.vertebra.onednn.emit;

import io.vertebra.graph.op.AdaptiveAveragePool;
import io.vertebra.graph.op.AveragePool;
import io.vertebra.graph.op.MaxPool;
import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import io.vertebra.graph.plan.Unit;
import io.vertebra.onednn.kernel.BinPoolKernel;
import io.vertebra.onednn.kernel.Bins;
import io.vertebra.onednn.natives.Arg;
import io.vertebra.onednn.natives.Desc;
import io.vertebra.onednn.natives.Recipe;
import io.vertebra.onednn.natives.Recipes;
import io.vertebra.onednn.natives.Type;
import io.vertebra.onednn.natives.Window;
import java.util.List;

/** Max, average and adaptive average pooling; source and destination lie in one order, else oneDNN is slow. */
final class Pools {
    private final Lowering l;
    private final Unit unit;
    private final int x;
    private final int y;
    private final boolean differentiated;
    private final Desc src;
    private final Desc dst;

    private Pools(Unit unit, Lowering l) {
        this.l = l;
        this.unit = unit;
        this.x = unit.inputs().get(0);
        this.y = unit.output();
        this.differentiated = l.form().needsGradient(y);
        this.src = l.layout().desc(x, l.layout().order(y), l.layout().type(y));
        this.dst = l.layout().desc(y);
    }

    static Backward emit(MaxPool op, Unit unit, Lowering l) {
        Pools p = new Pools(unit, l);
        Window window = p.window(op.kernel(), op.stride(), op.padding());
        return p.max(window);
    }

    static Backward emit(AveragePool op, Unit unit, Lowering l) {
        Pools p = new Pools(unit, l);
        Shape in = l.shape(p.x);
        Shape out = l.shape(p.y);
        Padding.Explicit given = op.padding().resolve(new Size(in.h(), in.w()), op.kernel(), op.stride(), Size.of(1));
        Window window = p.window(op.kernel(), op.stride(), op.padding());
        boolean beyond = window.after()[0] > given.bottom() || window.after()[1] > given.right();
        if (beyond && op.countPadding()) {
            // oneDNN's divisor would count the cells that the ceiling added
            Size k = op.kernel();
            Size s = op.stride();
            return p.bins(
                    Bins.sliding(in.h(), out.h(), k.height(), s.height(), given.top(), given.bottom(), true),
                    Bins.sliding(in.w(), out.w(), k.width(), s.width(), given.left(), given.right(), true));
        }
        return p.average(window, op.countPadding());
    }

    static Backward emit(AdaptiveAveragePool op, Unit unit, Lowering l) {
        Pools p = new Pools(unit, l);
        Shape in = l.shape(p.x);
        Size grid = op.grid();
        if (in.h() % grid.height() != 0 || in.w() % grid.width() != 0) {
            return p.bins(Bins.adaptive(in.h(), grid.height()), Bins.adaptive(in.w(), grid.width()));
        }
        Size kernel = new Size(in.h() / grid.height(), in.w() / grid.width());
        return p.average(p.window(kernel, kernel, Padding.none()), false);
    }

    /** With the padding behind that the output's size implies: more than the operator's in ceil mode. */
    private Window window(Size kernel, Size stride, Padding padding) {
        Shape in = l.shape(x);
        Shape out = l.shape(y);
        Padding.Explicit p = padding.resolve(new Size(in.h(), in.w()), kernel, stride, Size.of(1));
        long bottom = (out.h() - 1L) * stride.height() + kernel.height() - in.h() - p.top();
        long right = (out.w() - 1L) * stride.width() + kernel.width() - in.w() - p.left();
        return new Window(
                new long[] {kernel.height(), kernel.width()},
                new long[] {stride.height(), stride.width()},
                new long[] {1, 1},
                new long[] {p.top(), p.left()},
                new long[] {Math.max(bottom, 0), Math.max(right, 0)});
    }

    private Backward max(Window window) {
        Recipe recipe = l.require(Recipes.maxPool(differentiated, src, dst, window), unit.name(), "max_pool");
        Operand result = l.temporary(dst);
        Operand places = differentiated ? l.temporary(recipe.workspace()) : null;
        l.call(
                l.forward(unit),
                recipe,
                Lowering.arguments(Arg.SRC, l.value(x, src), Arg.DST, result, Arg.WORKSPACE, places));
        l.define(y, result);
        return gradient -> backward(
                gradient,
                l.require(Recipes.maxPoolBackward(src, dst, window, recipe), unit.name(), "max_pool backward"),
                places);
    }

    private Backward average(Window window, boolean countPadding) {
        Recipe recipe = l.require(
                Recipes.averagePool(differentiated, src, dst, window, countPadding), unit.name(), "average_pool");
        Operand result = l.temporary(dst);
        l.call(l.forward(unit), recipe, Lowering.arguments(Arg.SRC, l.value(x, src), Arg.DST, result));
        l.define(y, result);
        return gradient -> backward(
                gradient,
                l.require(
                        Recipes.averagePoolBackward(src, dst, window, countPadding, recipe),
                        unit.name(),
                        "average_pool backward"),
                null);
    }

    private List<Operand> backward(Operand gradient, Recipe recipe, Operand places) {
        Operand result = l.temporary(src);
        l.call(
                l.backward(unit),
                recipe,
                Lowering.arguments(
                        Arg.DIFF_DST,
                        l.convert(gradient, dst, unit.name()),
                        Arg.WORKSPACE,
                        places,
                        Arg.DIFF_SRC,
                        result));
        return List.of(result);
    }

    private Backward bins(Bins rows, Bins columns) {
        boolean half = l.layout().type(y) == Type.BF16;
        Operand result = l.temporary(dst);
        l.call(
                l.forward(unit),
                new BinPoolKernel(
                        l.layout().grid(x, l.layout().order(y)), l.layout().grid(y), rows, columns, half, false),
                l.value(x, src),
                result);
        l.define(y, result);
        return gradient -> {
            Operand toSource = l.temporary(src);
            l.call(
                    l.backward(unit),
                    new BinPoolKernel(
                            l.layout().grid(x, l.layout().order(y)), l.layout().grid(y), rows, columns, half, true),
                    toSource,
                    l.convert(gradient, dst, unit.name()));
            return List.of(toSource);
        };
    }
}
