package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Functions;
import io.vertebra.cuda.device.Type;
import io.vertebra.graph.plan.Unit;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Where the gradients of parameters are written. Of several units that share a parameter the first one that is
 * differentiated, the last of the program, writes its gradient, and those of the others are added in the order of the
 * backward pass.
 */
final class ParameterGradients {
    private final Lowering l;
    private final Set<String> written = new HashSet<>();
    private final Map<String, Operand> others = new LinkedHashMap<>();

    ParameterGradients(Lowering l) {
        this.l = l;
    }

    /**
     * The gradient's own place, or memory beside it: {@link #add} comes when the unit has written all of it. Memory that nobody
     * reads where the parameter is not trained.
     */
    Operand target(String name) {
        long elements = l.weights().vector(name).elements();
        if (l.form().trains(name) && written.add(name)) {
            return l.weights().gradient(name);
        }
        Operand beside = l.temporary(Type.F32, elements);
        if (l.form().trains(name)) {
            others.put(name, beside);
        }
        return beside;
    }

    /** Adds what a unit has written beside the places of gradients. */
    void add(Unit unit) {
        others.forEach((name, beside) -> {
            Operand own = l.weights().gradient(name);
            Kernel kernel = Activations.pointwise("add", Type.F32, beside.elements());
            l.launch(
                    l.label(unit, "backward weights", 0),
                    kernel,
                    own,
                    beside,
                    own,
                    beside.elements(),
                    Functions.number(null));
        });
        others.clear();
    }
}
