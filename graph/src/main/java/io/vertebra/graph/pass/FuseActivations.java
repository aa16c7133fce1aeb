package io.vertebra.graph.pass;

import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.Op;
import io.vertebra.graph.plan.Program;
import io.vertebra.graph.plan.Unit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Lets the operator before an activation apply it while it stores its result.
 *
 * <pre>
 * operator → activation      becomes      one unit
 * </pre>
 *
 * <p>A function that is differentiated by its argument (SiLU, GELU) stays alone where a gradient flows, because the argument
 * would be lost; unless the operator computes it once more in the backward pass.
 */
public final class FuseActivations {

    /** Which functions an engine's operators can apply while they store their results. */
    public interface Ability {
        /** Whether it can; asked for every operator before an activation. */
        boolean applies(Op before, Activation.Function function);
    }

    private static final Set<Activation.Function> BY_ARGUMENT = EnumSet.of(
            Activation.Function.SILU,
            Activation.Function.HARD_SWISH,
            Activation.Function.HARD_SIGMOID,
            Activation.Function.GELU);

    private FuseActivations() {}

    /** The program with fused activations, for operators that keep no argument. */
    public static Program apply(Program program, Ability ability) {
        return apply(program, ability, (before, function) -> false);
    }

    /**
     * The program with fused activations.
     *
     * @param recalls whether an operator finds the argument of a function again in its backward pass
     */
    public static Program apply(Program program, Ability ability, Ability recalls) {
        List<Unit> units = new ArrayList<>(program.units());
        for (Unit unit : program.units()) {
            if (unit.node().op() instanceof Activation activation) {
                int x = unit.inputs().get(0);
                Unit before =
                        units.stream().filter(u -> u.output() == x).findFirst().orElseThrow();
                boolean differentiated = program.form().needsGradient(unit.output());
                Op op = before.node().op();
                boolean forgets = differentiated
                        && BY_ARGUMENT.contains(activation.function())
                        && !recalls.applies(op, activation.function());
                if (program.isPrivate(x)
                        && before.activation() == null
                        && !forgets
                        && ability.applies(op, activation.function())) {
                    units.set(units.indexOf(before), before.withActivation(activation.function(), unit.output()));
                    units.remove(unit);
                }
            }
        }
        return program.with(units);
    }
}
