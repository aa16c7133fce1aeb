package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Grid;
import io.vertebra.cuda.device.Type;
import io.vertebra.graph.op.RoiAlign;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.plan.Unit;
import io.vertebra.graph.region.RoiLevels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** RoI align: features of regions, each cut from one level of a pyramid; a launch takes four levels. */
final class Pyramids {
    private static final String FORWARD = "roi_align";
    private static final String BACKWARD = "roi_align_backward";
    /** Levels of a launch. */
    private static final int LEVELS = 4;
    /** Cells of a side of the square that a block of the gradient has, and its groups of channels. */
    private static final int SQUARE = 8;

    private static final int GROUP = 32;
    private final RoiAlign op;
    private final Unit unit;
    private final Lowering l;
    private final int levels;
    private final int pictures;
    private final int channels;
    private final int count;
    private final Type type;
    private final Operand rois;
    private final Operand bounds;

    private Pyramids(RoiAlign op, Unit unit, Lowering l) {
        this.op = op;
        this.unit = unit;
        this.l = l;
        this.levels = op.scales().size();
        this.pictures = map(0).n();
        this.channels = map(0).c();
        this.count = l.shape(unit.output()).n();
        this.type = l.type(unit.output());
        this.rois = l.value(unit.inputs().get(levels), Type.F32);
        this.bounds = levels == 1 ? null : l.constant(bounds(op.scales()));
    }

    static Backward emit(RoiAlign op, Unit unit, Lowering l) {
        return new Pyramids(op, unit, l).emit();
    }

    private Shape map(int level) {
        return l.shape(unit.inputs().get(level));
    }

    /** For each level but the first the least area of a region that is cut from it. */
    static float[] bounds(List<Double> scales) {
        int least = -Math.getExponent(scales.get(0));
        RoiLevels levels = RoiLevels.of(least, least + scales.size() - 1);
        float[] bounds = new float[scales.size() - 1];
        for (int level = 1; level <= bounds.length; level++) {
            bounds[level - 1] = levels.leastArea(level);
        }
        return bounds;
    }

    private Backward emit() {
        Packs packs = Packs.of(FORWARD, type, channels);
        Operand result = l.like(unit.output());
        for (int first = 0; first < levels; first += LEVELS) {
            List<Operand> maps = new ArrayList<>();
            for (int level = first; level < Math.min(levels, first + LEVELS); level++) {
                maps.add(l.value(unit.inputs().get(level), type));
            }
            l.launch(
                    l.forward(unit),
                    packs.each("roi_align", count * op.output().area()),
                    Packs.arguments(maps(first, maps), result, rois, bounds, numbers(first)));
        }
        l.define(unit.output(), result);
        return this::backward;
    }

    /** The levels of a launch, and their sizes; what is not there has no cells. */
    private Object[] maps(int first, List<Operand> maps) {
        Object[] arguments = new Object[3 * LEVELS];
        Arrays.fill(arguments, LEVELS, arguments.length, 0);
        for (int i = 0; i < maps.size(); i++) {
            arguments[i] = maps.get(i);
            arguments[LEVELS + 2 * i] = map(first + i).h();
            arguments[LEVELS + 2 * i + 1] = map(first + i).w();
        }
        return arguments;
    }

    private Object[] numbers(int first) {
        return Packs.arguments(
                pictures,
                channels,
                count,
                op.output().height(),
                op.output().width(),
                op.scales().get(first).floatValue(),
                op.samplingRatio(),
                op.aligned() ? 1 : 0,
                levels,
                first);
    }

    /** The gradients of the levels; the regions have none. */
    private List<Operand> backward(Operand gradient) {
        int lists = Math.multiplyExact(levels, pictures);
        Operand order = l.temporary(Type.I32, Math.max(1, count));
        Operand starts = l.temporary(Type.I32, lists + 1L);
        Kernel sorting = new Kernel(BACKWARD, "roi_lists", type, Grid.of(lists, Grid.THREADS));
        l.launch(l.backward(unit), sorting, rois, bounds, pictures, count, levels, order, starts);
        List<Operand> toMaps = new ArrayList<>();
        Packs packs = Packs.of(BACKWARD, type, channels);
        for (int first = 0; first < levels; first += LEVELS) {
            List<Operand> maps = new ArrayList<>();
            long squares = 0;
            for (int level = first; level < Math.min(levels, first + LEVELS); level++) {
                boolean wanted = l.form().needsGradient(unit.inputs().get(level));
                maps.add(wanted ? l.temporary(type, map(level).elements()) : null);
                squares += (long) pictures
                        * Grid.blocks(map(level).h(), SQUARE)
                        * Grid.blocks(map(level).w(), SQUARE);
            }
            l.launch(
                    l.backward(unit),
                    packs.blocks(BACKWARD, squares, GROUP),
                    Packs.arguments(maps(first, maps), gradient, rois, bounds, numbers(first), order, starts));
            toMaps.addAll(maps);
        }
        toMaps.add(null);
        return toMaps;
    }
}
