package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Type;

/** Where the gradients of parameters are written. */
final class ParameterGradients {
    private ParameterGradients() {}

    /** The gradient's own place, or memory that nobody reads where the parameter is not trained. */
    static Operand target(String name, long elements, Lowering l) {
        return l.form().trains(name) ? l.weights().gradient(name) : l.temporary(Type.F32, elements);
    }
}
