package io.vertebra.graph.pass;

import io.vertebra.graph.op.BoxSmoothL1;
import io.vertebra.graph.op.Concat;
import io.vertebra.graph.op.Convolution;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.Input;
import io.vertebra.graph.op.Labelled;
import io.vertebra.graph.op.Linear;
import io.vertebra.graph.op.MapRows;
import io.vertebra.graph.op.RegionProposals;
import io.vertebra.graph.op.RegionSamples;
import io.vertebra.graph.op.RegionSmoothL1;
import io.vertebra.graph.op.RegionTargets;
import io.vertebra.graph.op.Resize;
import io.vertebra.graph.plan.Program;
import io.vertebra.graph.plan.Unit;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which values are fp32 whatever the precision: pictures as they come in, logits, losses, regions. */
public final class Singles {
    private final Set<Integer> values;

    private Singles(Set<Integer> values) {
        this.values = values;
    }

    /** Of a program. */
    public static Singles of(Program program) {
        Set<Integer> values = logits(program);
        for (Unit unit : program.units()) {
            boolean picture = unit.node().op() instanceof Input input && input.type() == DataType.F32;
            boolean regions = unit.node().op() instanceof RegionProposals
                    || unit.node().op() instanceof RegionSamples
                    || unit.node().op() instanceof RegionTargets;
            if (picture || regions || program.form().shape(unit.output()).rank() == 0) {
                values.add(unit.output());
            }
        }
        return new Singles(values);
    }

    /**
     * What losses and proposals read and what leaves the graph as numbers of classes or boxes, with what these are cut and joined from:
     * the results of the last convolutions and linear layers.
     */
    private static Set<Integer> logits(Program program) {
        Set<Integer> logits = new HashSet<>();
        List<Unit> units = program.units();
        for (int i = units.size() - 1; i >= 0; i--) {
            Unit unit = units.get(i);
            if (program.reads(unit.output()) == 0 && (isPredictor(unit) || moves(unit))) {
                logits.add(unit.output());
            }
            if (isLoss(unit)) {
                logits.add(unit.inputs().get(0));
            } else if (unit.node().op() instanceof RegionProposals) {
                logits.addAll(unit.inputs());
            } else if (logits.contains(unit.output()) && moves(unit)) {
                logits.addAll(unit.inputs());
            }
        }
        return logits;
    }

    /** Trunks end in a norm or activation, predictors in a bias. */
    private static boolean isPredictor(Unit unit) {
        boolean bare = unit.norm() == null && unit.activation() == null;
        return unit.node().op() instanceof Linear
                || (bare && unit.node().op() instanceof Convolution convolution && convolution.bias());
    }

    /** Whether a unit is a loss of its first input. */
    public static boolean isLoss(Unit unit) {
        return unit.node().op() instanceof Labelled
                || unit.node().op() instanceof BoxSmoothL1
                || unit.node().op() instanceof RegionSmoothL1;
    }

    /** Whether an operator only puts numbers elsewhere, or mixes neighbours. */
    private static boolean moves(Unit unit) {
        return unit.node().op() instanceof Resize
                || unit.node().op() instanceof MapRows
                || (unit.node().op() instanceof Concat && unit.node().shape().rank() == 3);
    }

    /** Whether a value is one of them. */
    public boolean contains(int value) {
        return values.contains(value);
    }
}
