package io.vertebra.graph.pass;

import io.vertebra.graph.op.Add;
import io.vertebra.graph.op.Convolution;
import io.vertebra.graph.op.Flatten;
import io.vertebra.graph.op.Input;
import io.vertebra.graph.op.Op;
import io.vertebra.graph.op.Slice;
import io.vertebra.graph.plan.Program;
import io.vertebra.graph.plan.Unit;
import java.util.ArrayList;
import java.util.List;

/**
 * Lets an operator add its result to the shortcut, for which the shortcut's memory may be used.
 *
 * <pre>
 * x → convolution → a ┐
 *                     add → activation      becomes      x, b → convolution, b ← activation(b + convolution(x))
 *                   b ┘
 * </pre>
 *
 * <p>b must not be needed afterwards, and must not be what the convolution reads.
 */
public final class FuseSums {
    /** Which operators of an engine can add something to their results. */
    public interface Ability {
        /** Convolutions, where nothing is differentiated. */
        Ability OF_CONVOLUTIONS = (operator, differentiated) -> operator instanceof Convolution && !differentiated;

        /** Whether one can; asked for the operators before a sum. */
        boolean adds(Op operator, boolean differentiated);
    }

    private FuseSums() {}

    /** The program with sums that convolutions take. */
    public static Program apply(Program program) {
        return apply(program, Ability.OF_CONVOLUTIONS);
    }

    /** The program with fused sums. */
    public static Program apply(Program program, Ability ability) {
        Program result = program;
        for (Unit unit : program.units()) {
            if (unit.node().op() instanceof Add) {
                result = fuse(result, unit, ability);
            }
        }
        return result;
    }

    private static Program fuse(Program program, Unit add, Ability ability) {
        int a = add.inputs().get(0);
        int b = add.inputs().get(1);
        boolean firstIsLater =
                program.units().indexOf(program.producer(a)) > program.units().indexOf(program.producer(b));
        int later = firstIsLater ? a : b;
        int earlier = firstIsLater ? b : a;
        if (fits(program, add, later, earlier, ability)) {
            return fused(program, add, later, earlier);
        }
        return fits(program, add, earlier, later, ability) ? fused(program, add, earlier, later) : program;
    }

    private static boolean fits(Program program, Unit add, int result, int addend, Ability ability) {
        Unit convolution = program.producer(result);
        // a flattened view or a slice would be overwritten with it
        boolean viewed = program.units().stream()
                .anyMatch(u -> isView(u) && (u.reads().contains(addend) || u.output() == addend));
        boolean lastUse = program
                .units()
                .subList(program.units().indexOf(add) + 1, program.units().size())
                .stream()
                .noneMatch(u -> u.reads().contains(addend));
        // the convolution runs at the place of the sum; what it reads must not have been added to by then
        boolean intact =
                program
                        .units()
                        .subList(
                                program.units().indexOf(convolution),
                                program.units().indexOf(add))
                        .stream()
                        .noneMatch(u ->
                                u.addend() != Unit.NONE && convolution.reads().contains(u.addend()));
        return result != addend
                && intact
                && lastUse
                && !viewed
                && ability.adds(convolution.node().op(), program.form().needsGradient(add.output()))
                && convolution.activation() == null
                && convolution.addend() == Unit.NONE
                && program.isPrivate(result)
                && !convolution.reads().contains(addend)
                && !(program.producer(addend).node().op() instanceof Input);
    }

    private static boolean isView(Unit unit) {
        return unit.node().op() instanceof Flatten || unit.node().op() instanceof Slice;
    }

    private static Program fused(Program program, Unit add, int result, int addend) {
        Unit convolution = program.producer(result);
        List<Unit> units = new ArrayList<>(program.units());
        units.set(units.indexOf(add), convolution.withAddend(addend, add.output(), add.activation()));
        units.remove(convolution);
        return program.with(units);
    }
}
