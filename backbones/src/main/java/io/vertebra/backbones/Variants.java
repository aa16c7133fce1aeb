package io.vertebra.backbones;

import io.vertebra.graph.op.GraphException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The table of a family: names and what sets their networks apart, in the order of the paper.
 *
 * @param <V> a row
 */
final class Variants<V> {
    private final Map<String, V> rows;

    private Variants(Map<String, V> rows) {
        this.rows = rows;
    }

    /** A table of one row. */
    static <V> Variants<V> of(String name, V row) {
        return new Variants<V>(Map.of()).and(name, row);
    }

    /** The table with one row more. */
    Variants<V> and(String name, V row) {
        Map<String, V> more = new LinkedHashMap<>(rows);
        if (more.put(name, row) != null) {
            throw new IllegalStateException(name + " is twice in the table");
        }
        return new Variants<>(more);
    }

    /** The row of a name. */
    V get(String name) {
        V row = rows.get(name);
        if (row == null) {
            throw new GraphException(name, "is no variant of this family; it has " + String.join(", ", rows.keySet()));
        }
        return row;
    }

    /** The names in the order of the table. */
    List<String> names() {
        return List.copyOf(rows.keySet());
    }

    /** What a family of these variants offers. */
    <C extends Record & BackboneConfig> FamilyTable<C> with(Class<C> config) {
        return new FamilyTable<>(names(), config);
    }
}
