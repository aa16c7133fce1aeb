package io.vertebra.graph.engine;

import io.vertebra.graph.Graph;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.ParameterSpec;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * What the update does with each parameter that gradients could train.
 *
 * @param byParameter full name → its group
 */
public record Groups(Map<String, Group> byParameter) {

    /**
     * The treatment of a parameter.
     *
     * @param rateFactor multiplies the learning rate
     * @param decay weight decay
     * @param trainable false: a constant, nothing is differentiated for it
     */
    public record Group(double rateFactor, double decay, boolean trainable) {
        /** A constant. */
        public static final Group FROZEN = new Group(0, 0, false);
    }

    /** Copies the map. */
    public Groups {
        byParameter = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(byParameter));
    }

    /** A group for each trainable parameter of a graph. */
    public static Groups of(Graph graph, Function<ParameterSpec, Group> choice) {
        Map<String, Group> groups = new LinkedHashMap<>();
        graph.parameters().stream()
                .filter(ParameterSpec::isTrainable)
                .forEach(p -> groups.put(p.name(), choice.apply(p)));
        return new Groups(groups);
    }

    /** All are trained; weights decay, biases and norms do not. */
    public static Groups all(Graph graph, double decay) {
        return of(graph, p -> new Group(1, p.kind() == ParameterSpec.Kind.WEIGHT ? decay : 0, true));
    }

    /** The group of a parameter. */
    public Group get(String name) {
        Group group = byParameter.get(name);
        if (group == null) {
            throw new GraphException(name, "has no parameter group");
        }
        return group;
    }

    /** Whether a parameter or buffer is trained by gradients. */
    public boolean isTrained(ParameterSpec spec) {
        return spec.isTrainable() && get(spec.name()).trainable();
    }
}
