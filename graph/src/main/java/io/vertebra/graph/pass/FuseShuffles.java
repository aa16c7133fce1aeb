package io.vertebra.graph.pass;

import io.vertebra.graph.op.ChannelShuffle;
import io.vertebra.graph.op.Concat;
import io.vertebra.graph.plan.Program;
import io.vertebra.graph.plan.Unit;
import java.util.ArrayList;
import java.util.List;

/**
 * Lets a shuffle take the channels from where a concatenation would have taken them.
 *
 * <pre>
 * a ┐
 *   concat → c → shuffle → d      becomes      a, b → shuffle → d
 * b ┘
 * </pre>
 */
public final class FuseShuffles {
    private FuseShuffles() {}

    /** The program with shuffles of several values. */
    public static Program apply(Program program) {
        List<Unit> units = new ArrayList<>(program.units());
        for (Unit unit : program.units()) {
            if (unit.node().op() instanceof ChannelShuffle) {
                int x = unit.inputs().get(0);
                Unit before = program.producer(x);
                if (before.node().op() instanceof Concat && program.isPrivate(x)) {
                    units.set(units.indexOf(unit), unit.withInputs(before.inputs()));
                    units.remove(before);
                }
            }
        }
        return program.with(units);
    }
}
