package io.vertebra.graph.plan;

import io.vertebra.graph.Node;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A form as a list of units in the order in which they run; immutable, each pass makes a new one.
 *
 * @param form what it computes
 * @param units inputs of a unit come before it
 * @param outputs output name → value
 */
public record Program(Form form, List<Unit> units, Map<String, Integer> outputs) {

    /** Copies the collections. */
    public Program {
        units = List.copyOf(units);
        outputs = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
    }

    /** A unit for each node. */
    public static Program of(Form form) {
        Map<String, Integer> outputs = new LinkedHashMap<>();
        form.graph().outputs().forEach((name, node) -> outputs.put(name, node.index()));
        List<Unit> units = new ArrayList<>();
        for (Node node : form.graph().nodes()) {
            units.add(Unit.of(node));
        }
        return new Program(form, units, outputs);
    }

    /** The same form and outputs with other units. */
    public Program with(List<Unit> changed) {
        return new Program(form, changed, outputs);
    }

    /** The unit that gives a value. */
    public Unit producer(int value) {
        return units.stream()
                .filter(u -> u.output() == value)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no unit gives value " + value));
    }

    /** How often units read a value. */
    public long reads(int value) {
        return units.stream()
                .flatMap(u -> u.reads().stream())
                .filter(v -> v == value)
                .count();
    }

    /** Whether the value is seen by nothing but one unit, once. */
    public boolean isPrivate(int value) {
        return reads(value) == 1 && !outputs.containsValue(value);
    }
}
