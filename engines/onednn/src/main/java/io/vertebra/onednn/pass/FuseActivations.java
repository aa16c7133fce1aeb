package io.vertebra.onednn.pass;

import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.Add;
import io.vertebra.graph.op.BatchNorm;
import io.vertebra.graph.op.Convolution;
import io.vertebra.graph.op.Linear;
import io.vertebra.onednn.plan.Program;
import io.vertebra.onednn.plan.Unit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Lets the operator before an activation apply it while it stores its result.
 *
 * <pre>
 * convolution | linear | norm | add → activation      becomes      one unit
 * </pre>
 *
 * <p>A function that is differentiated by its argument (SiLU, GELU) stays alone where a gradient flows, because the argument
 * would be lost; a norm fuses nothing but ReLU, for which oneDNN leaves a mask.
 */
public final class FuseActivations {
    private static final Set<Activation.Function> BY_ARGUMENT = EnumSet.of(
            Activation.Function.SILU,
            Activation.Function.HARD_SWISH,
            Activation.Function.HARD_SIGMOID,
            Activation.Function.GELU);

    private FuseActivations() {}

    /** The program with fused activations. */
    public static Program apply(Program program) {
        List<Unit> units = new ArrayList<>(program.units());
        for (Unit unit : program.units()) {
            if (unit.node().op() instanceof Activation activation) {
                int x = unit.inputs().get(0);
                Unit before =
                        units.stream().filter(u -> u.output() == x).findFirst().orElseThrow();
                boolean differentiated = program.form().needsGradient(unit.output());
                if (program.isPrivate(x) && takes(before, activation.function(), differentiated)) {
                    units.set(units.indexOf(before), before.withActivation(activation.function(), unit.output()));
                    units.remove(unit);
                }
            }
        }
        return program.with(units);
    }

    private static boolean takes(Unit before, Activation.Function function, boolean differentiated) {
        if (before.activation() != null) {
            return false;
        }
        if (before.node().op() instanceof BatchNorm) {
            return function == Activation.Function.RELU;
        }
        boolean fusible = before.node().op() instanceof Convolution
                || before.node().op() instanceof Linear
                || before.node().op() instanceof Add;
        return fusible && !(differentiated && BY_ARGUMENT.contains(function));
    }
}
