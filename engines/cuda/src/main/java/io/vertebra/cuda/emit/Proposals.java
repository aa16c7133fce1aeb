package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Grid;
import io.vertebra.cuda.device.Type;
import io.vertebra.graph.engine.EngineException;
import io.vertebra.graph.op.RegionProposals;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.plan.Unit;
import io.vertebra.graph.region.Anchors;
import java.util.ArrayList;
import java.util.List;

/**
 * Regions of a region proposal network. Each level of a picture is a list: in one or more launches its best anchors are
 * chosen, then sorted and decoded, then suppressed; what is left of all lists of a picture is put in order.
 */
final class Proposals {
    private static final String CANDIDATES = "region_proposals";
    private static final String SUPPRESSION = "region_suppression";
    /** Logits of a thread, and what a block of the most threads can choose from and sort. */
    private static final int EACH = 16;

    private static final int MOST_THREADS = 1024;
    private static final int SORTED = 4096;
    /** Boxes of a word of bits. */
    private static final int WORD = 64;
    /** Numbers of 64 bits are two I32. */
    private static final int LONG = 2;

    private static final int WARP = 32;

    private final RegionProposals op;
    private final Unit unit;
    private final Lowering l;
    private final int pictures;
    private final int anchors;
    private final int lists;
    private final int largest;
    private final int most;
    private final Operand bases;
    private final Operand table;

    private Proposals(RegionProposals op, Unit unit, Lowering l) {
        this.op = op;
        this.unit = unit;
        this.l = l;
        this.pictures = shape(0).n();
        this.anchors = shape(0).get(1);
        this.lists = Math.multiplyExact(pictures, op.levels());
        int most = 0;
        for (int level = 0; level < op.levels(); level++) {
            most = Math.max(most, count(level));
        }
        this.largest = most;
        this.most = Math.min(op.before(), largest);
        if (this.most > SORTED) {
            throw new EngineException(
                    EngineException.Kind.UNSUPPORTED,
                    "cuda: " + unit.name() + ": " + op.kind() + " sorts at most " + SORTED
                            + " candidates of a level, before is " + op.before());
        }
        Anchors cells = new Anchors(op.sizes(), op.ratios());
        this.bases = l.constant(bases(cells));
        this.table = l.constant(table());
    }

    static Backward emit(RegionProposals op, Unit unit, Lowering l) {
        new Proposals(op, unit, l).emit();
        return Backward.NONE;
    }

    /** The node's inputs; the unit reads the first three alone. */
    private Shape shape(int input) {
        return l.shape(unit.node().inputs().get(input).index());
    }

    private Shape map(int level) {
        return shape(RegionProposals.FIRST_LEVEL + level);
    }

    private int count(int level) {
        return Math.toIntExact((long) map(level).h() * map(level).w() * op.perCell(level));
    }

    private float[] bases(Anchors cells) {
        List<Float> all = new ArrayList<>();
        for (int level = 0; level < op.levels(); level++) {
            for (float corner : cells.cell(level)) {
                all.add(corner);
            }
        }
        float[] bases = new float[all.size()];
        for (int i = 0; i < bases.length; i++) {
            bases[i] = all.get(i);
        }
        return bases;
    }

    /** Rows of {@code RegionLevel}, whose integers lie where floats would. */
    private float[] table() {
        Shape picture = shape(RegionProposals.FIRST_LEVEL - 1);
        List<Integer> rows = new ArrayList<>();
        int start = 0;
        int base = 0;
        for (int level = 0; level < op.levels(); level++) {
            int strideY = picture.h() / map(level).h();
            int strideX = picture.w() / map(level).w();
            rows.addAll(List.of(start, count(level), map(level).w(), op.perCell(level), strideY, strideX, base));
            start = Math.addExact(start, count(level));
            base += op.perCell(level);
        }
        float[] table = new float[rows.size()];
        for (int i = 0; i < table.length; i++) {
            table[i] = Float.intBitsToFloat(rows.get(i));
        }
        return table;
    }

    private Operand floats(long elements) {
        return l.temporary(Type.F32, elements);
    }

    private Operand ints(long elements) {
        return l.temporary(Type.I32, elements);
    }

    private void launch(String file, String function, Grid grid, Object... arguments) {
        l.launch(l.forward(unit), new Kernel(file, function, Type.F32, grid), arguments);
    }

    /** Enough for a chunk of a list of this length, or for a part of it. */
    private static int threads(long length) {
        return Math.min(MOST_THREADS, WARP * Grid.blocks(length, WARP * EACH));
    }

    private void emit() {
        Operand logits = l.value(unit.inputs().get(0), Type.F32);
        Operand encodings = l.value(unit.inputs().get(1), Type.F32);
        Operand sizes = l.value(unit.inputs().get(2), Type.F32);
        Operand given = null;
        int length = largest;
        while (length > MOST_THREADS * EACH) {
            int chunks = Grid.blocks(length, MOST_THREADS * EACH);
            Operand chosen = ints((long) LONG * lists * chunks * most);
            Grid grid = new Grid(chunks, op.levels(), pictures, MOST_THREADS);
            launch(CANDIDATES, "region_select", grid, logits, anchors, table, given, length, most, chosen);
            given = chosen;
            length = Math.multiplyExact(chunks, most);
        }
        Operand keys = ints((long) LONG * lists * most);
        Operand boxes = floats(4L * lists * most);
        Operand counts = ints(lists);
        launch(
                CANDIDATES,
                "region_candidates",
                new Grid(1, op.levels(), pictures, threads(length)),
                logits,
                anchors,
                table,
                given,
                length,
                most,
                Integer.highestOneBit(2 * most - 1),
                bases,
                encodings,
                sizes,
                atLeast(op.minSide()),
                op.leastLogit(),
                keys,
                boxes,
                counts);
        suppress(keys, boxes, counts);
    }

    private void suppress(Operand keys, Operand boxes, Operand counts) {
        int words = Grid.blocks(most, WORD);
        int runs = Grid.blocks(most, Grid.THREADS);
        Operand overlaps = ints((long) LONG * lists * most * words);
        Grid pairs = new Grid(Math.multiplyExact(lists, runs), words, 1, Grid.THREADS);
        launch(SUPPRESSION, "region_overlaps", pairs, boxes, counts, most, runs, notAbove(op.overlap()), overlaps);
        Operand left = ints((long) LONG * lists * most);
        Operand places = ints((long) lists * most);
        Operand leftCounts = ints(lists);
        launch(
                SUPPRESSION,
                "region_suppress",
                Grid.of(lists, Grid.THREADS),
                overlaps,
                keys,
                counts,
                most,
                words,
                left,
                places,
                leftCounts);
        Operand regions = floats(l.shape(unit.output()).elements());
        long threads = Math.max((long) op.levels() * most, op.count());
        launch(
                SUPPRESSION,
                "region_merge",
                new Grid(Grid.blocks(threads, Grid.THREADS), pictures, 1, Grid.THREADS),
                left,
                places,
                leftCounts,
                boxes,
                op.levels(),
                most,
                op.count(),
                regions);
        l.define(unit.output(), regions);
    }

    /** The least float that is not below: floats compare with it as with the number. */
    static float atLeast(double number) {
        float near = (float) number;
        return near < number ? Math.nextUp(near) : near;
    }

    /** The largest float that is not above. */
    static float notAbove(double number) {
        float near = (float) number;
        return near > number ? Math.nextDown(near) : near;
    }
}
