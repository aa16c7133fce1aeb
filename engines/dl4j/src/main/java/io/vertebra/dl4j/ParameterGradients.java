package io.vertebra.dl4j;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The gradients of the trained parameters in a backward pass: the first vertex that has one writes it in place, others that
 * share the parameter add theirs, in the order of the pass.
 */
final class ParameterGradients {
    private final Map<String, INDArray> views;
    private final Arena arena;
    private final Set<String> written = new HashSet<>();

    /**
     * @param views of the flat gradients, by full name
     */
    ParameterGradients(Map<String, INDArray> views, Arena arena) {
        this.views = Map.copyOf(views);
        this.arena = arena;
    }

    /** A pass begins: nothing is written. */
    void begin() {
        written.clear();
    }

    /** Where a vertex writes every element of a gradient, before it {@linkplain #add adds} it. */
    INDArray target(String name) {
        INDArray view = views.get(name);
        return written.contains(name) ? arena.take(view.dataType(), view.shape()) : view;
    }

    /** Takes what was written into a target. */
    void add(String name, INDArray target) {
        if (!written.add(name)) {
            views.get(name).addi(target);
            arena.release(target);
        }
    }

    /** A pass ends: gradients that no vertex had are zeros. */
    void finish() {
        views.forEach((name, view) -> {
            if (!written.contains(name)) {
                view.assign(0);
            }
        });
    }
}
