package io.vertebra.onednn.emit;

import io.vertebra.onednn.kernel.Kernel;
import io.vertebra.onednn.natives.Arg;
import io.vertebra.onednn.natives.Recipe;
import java.util.Collection;
import java.util.Map;

/**
 * A primitive or hand kernel with its tensors, not yet bound to memory.
 *
 * @param label what it is, for profiles and messages
 * @param recipe of the primitive, or {@code null}
 * @param arguments of the primitive
 * @param kernel in Java, or {@code null}
 * @param operands of the kernel
 */
record Call(Label label, Recipe recipe, Map<Arg, Operand> arguments, Kernel kernel, Collection<Operand> operands) {

    /**
     * What a call does.
     *
     * @param name of the unit
     * @param operator its kind
     * @param pass as in {@link io.vertebra.graph.engine.Session.Timing}
     * @param macs multiply-accumulates
     */
    record Label(String name, String operator, String pass, long macs) {}

    static Call of(Label label, Recipe recipe, Map<Arg, Operand> arguments) {
        return new Call(label, recipe, arguments, null, arguments.values());
    }

    static Call of(Label label, Kernel kernel, Collection<Operand> operands) {
        return new Call(label, null, Map.of(), kernel, operands);
    }

    /** The name of the code. */
    String implementation() {
        return recipe == null ? "java:" + kernel.getClass().getSimpleName() : recipe.implementation();
    }

    /** The bytes of its tensors, each counted once, without working memory. */
    long bytes() {
        Operand working = arguments.get(Arg.SCRATCHPAD);
        return operands.stream()
                .filter(o -> !o.equals(working))
                .distinct()
                .mapToLong(o -> o.desc().bytes())
                .sum();
    }
}
