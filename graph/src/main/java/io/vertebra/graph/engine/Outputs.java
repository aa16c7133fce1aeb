package io.vertebra.graph.engine;

import io.vertebra.graph.op.GraphException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The named outputs of one pass.
 *
 * <p>The arrays belong to the session and hold these values until its next pass; {@link #copy} keeps them.
 */
public final class Outputs {
    private final Map<String, Tensor.Floats> values;

    /** Wraps the tensors, in this order. */
    public Outputs(Map<String, Tensor.Floats> values) {
        this.values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /** The names. */
    public Set<String> names() {
        return values.keySet();
    }

    /** One output. */
    public Tensor.Floats get(String name) {
        Tensor.Floats value = values.get(name);
        if (value == null) {
            throw new GraphException(name, "is no output; there are " + String.join(", ", values.keySet()));
        }
        return value;
    }

    /** A scalar output, such as {@code loss}. */
    public float scalar(String name) {
        return get(name).data()[0];
    }

    /** The same values in arrays of their own. */
    public Outputs copy() {
        Map<String, Tensor.Floats> copies = new LinkedHashMap<>();
        values.forEach(
                (n, t) -> copies.put(n, new Tensor.Floats(t.shape(), t.data().clone())));
        return new Outputs(copies);
    }
}
