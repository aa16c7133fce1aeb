package io.vertebra.graph.plan;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * The backward pass of a program in reverse mode: units in reverse order, each when the gradient of its result is complete.
 *
 * @param <T> an engine's tensor
 */
public final class GradientFlow<T> {

    /**
     * Lowers the backward pass of one unit.
     *
     * @param <T> an engine's tensor
     */
    public interface Backward<T> {
        /**
         * Appends the calls and gives the gradients of what the unit reads, in its order, the addend last; {@code null}
         * for those that need none, and the last may be left out.
         */
        List<T> lower(T gradient);
    }

    /**
     * Adds two parts of the gradient of a value.
     *
     * @param <T> an engine's tensor
     */
    public interface Sum<T> {
        /** The sum; the producer of the value gives the call its name. */
        T of(Unit producer, T a, T b);
    }

    private final Program program;
    private final BiFunction<Integer, T, T> own;
    private final Sum<T> sum;
    private final Map<Integer, T> gradients = new HashMap<>();

    /**
     * With nothing yet.
     *
     * @param own brings a part of a value's gradient to the value's own order and type
     * @param sum adds two such parts
     */
    public GradientFlow(Program program, BiFunction<Integer, T, T> own, Sum<T> sum) {
        this.program = program;
        this.own = own;
        this.sum = sum;
    }

    /** Adds a part of a value's gradient; parts that nothing needs are dropped. */
    public void contribute(int value, T part) {
        if (part != null && program.form().needsGradient(value)) {
            T converted = own.apply(value, part);
            T before = gradients.get(value);
            gradients.put(value, before == null ? converted : sum.of(program.producer(value), before, converted));
        }
    }

    /** Lowers every unit whose result has a gradient, the last first; {@code backwards} are in the order of the units. */
    public void run(List<? extends Backward<T>> backwards) {
        List<Unit> units = program.units();
        for (int i = units.size() - 1; i >= 0; i--) {
            T gradient = gradients.get(units.get(i).output());
            if (gradient != null) {
                List<T> ofInputs = backwards.get(i).lower(gradient);
                for (int k = 0; k < ofInputs.size(); k++) {
                    contribute(units.get(i).reads().get(k), ofInputs.get(k));
                }
            }
        }
    }

    /** A value's gradient so far, or {@code null}. */
    public T of(int value) {
        return gradients.get(value);
    }
}
