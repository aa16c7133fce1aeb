package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Grid;
import io.vertebra.cuda.device.Type;
import io.vertebra.graph.op.RegionLabels;
import io.vertebra.graph.op.RegionSamples;
import io.vertebra.graph.op.RegionTargets;
import io.vertebra.graph.plan.Unit;

/** The regions of which a two-stage detector learns, and what they should say. */
final class Samples {
    private static final String FILE = "region_samples";
    /** A block goes through the candidates of a picture again and again. */
    private static final int MOST_THREADS = 1024;

    private static final int WARP = 32;

    private final Unit unit;
    private final Lowering l;
    private final int pictures;
    private final int truths;
    private final int regions;
    private final Operand rois;
    private final Operand boxes;
    private final Operand labels;

    private Samples(Unit unit, Lowering l) {
        this.unit = unit;
        this.l = l;
        this.regions = l.shape(unit.inputs().get(0)).n();
        this.pictures = l.shape(unit.inputs().get(1)).n();
        this.truths = l.shape(unit.inputs().get(1)).get(1);
        this.rois = l.value(unit.inputs().get(0), Type.F32);
        this.boxes = l.value(unit.inputs().get(1), Type.F32);
        this.labels = l.value(unit.inputs().get(2), Type.I32);
    }

    static Backward emit(RegionSamples op, Unit unit, Lowering l) {
        new Samples(unit, l).draw(op);
        return Backward.NONE;
    }

    static Backward emit(RegionLabels op, Unit unit, Lowering l) {
        Samples samples = new Samples(unit, l);
        samples.launch(
                "region_labels",
                Grid.over(samples.regions),
                samples.given(Proposals.atLeast(op.positive()), samples.result(Type.I32)));
        return Backward.NONE;
    }

    static Backward emit(RegionTargets op, Unit unit, Lowering l) {
        Samples samples = new Samples(unit, l);
        Object[] weights = op.weights().stream().map(Double::floatValue).toArray();
        samples.launch(
                "region_targets",
                Grid.over(samples.regions),
                samples.given(Proposals.atLeast(op.positive()), weights, samples.result(Type.F32)));
        return Backward.NONE;
    }

    private void launch(String function, Grid grid, Object... arguments) {
        l.launch(l.forward(unit), new Kernel(FILE, function, Type.F32, grid), arguments);
    }

    private Object[] given(Object... others) {
        return Packs.arguments(rois, boxes, labels, pictures, truths, regions, Packs.arguments(others));
    }

    private Operand result(Type type) {
        Operand result = l.temporary(type, l.shape(unit.output()).elements());
        l.define(unit.output(), result);
        return result;
    }

    private void draw(RegionSamples op) {
        int own = regions / pictures;
        int candidates = Math.addExact(own, truths);
        Operand kinds = l.temporary(Type.I32, (long) pictures * candidates);
        Grid each = new Grid(Grid.blocks(candidates, Grid.THREADS), pictures, 1, Grid.THREADS);
        launch("region_kinds", each, rois, boxes, own, truths, labels, Proposals.atLeast(op.positive()), kinds);
        int threads = Math.min(MOST_THREADS, WARP * Grid.blocks(candidates, WARP));
        launch(
                "region_draw",
                Grid.of(pictures, threads),
                rois,
                boxes,
                own,
                truths,
                kinds,
                l.key(unit.node().index()),
                (int) (op.samples() * op.share()),
                op.samples(),
                result(Type.F32));
    }
}
