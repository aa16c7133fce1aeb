package io.vertebra.onednn.emit;

import io.vertebra.onednn.natives.Desc;

/** Where gradients of parameters go: into the session's arena, or aside where nobody wants them. */
final class ParameterGradients {
    private ParameterGradients() {}

    /** A tensor in this order for a primitive to write. */
    static Operand target(String name, Desc order, Lowering l) {
        if (l.form().trains(name)) {
            Operand gradient = l.weights().gradient(name);
            if (gradient.desc().same(order)) {
                return gradient;
            }
        }
        return l.temporary(order);
    }

    /** Brings a gradient that had to be written in another order to its place. */
    static void finish(String name, Operand written, Lowering l) {
        if (l.form().trains(name) && written.storage() != null) {
            l.reorder(written, l.weights().gradient(name), name);
        }
    }
}
