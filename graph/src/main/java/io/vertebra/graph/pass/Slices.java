package io.vertebra.graph.pass;

import io.vertebra.graph.op.Concat;
import io.vertebra.graph.op.Convolution;
import io.vertebra.graph.plan.Program;
import io.vertebra.graph.plan.Unit;
import java.util.HashMap;
import java.util.Map;

/**
 * Finds convolutions that may write straight into their place in a concatenation, where nothing is differentiated.
 *
 * <pre>
 * convolution → a ┐
 *                 concat → c      becomes      c[0 : 64] ← convolution, c[64 : 128] ← convolution
 * convolution → b ┘
 * </pre>
 */
public final class Slices {
    private Slices() {}

    /**
     * A part of a value.
     *
     * @param whole the concatenation's value
     * @param channel where the part begins
     */
    public record Slice(int whole, int channel) {}

    /** Value → its place, for those that have one. */
    public static Map<Integer, Slice> of(Program program) {
        Map<Integer, Slice> slices = new HashMap<>();
        for (Unit unit : program.units()) {
            if (unit.node().op() instanceof Concat && !program.form().needsGradient(unit.output())) {
                int channel = 0;
                for (int part : unit.inputs()) {
                    Unit producer = program.producer(part);
                    boolean direct = producer.node().op() instanceof Convolution && producer.addend() == Unit.NONE;
                    if (direct && program.isPrivate(part)) {
                        slices.put(part, new Slice(unit.output(), channel));
                    }
                    channel += program.form().shape(part).c();
                }
            }
        }
        return slices;
    }
}
