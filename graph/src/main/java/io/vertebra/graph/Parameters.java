package io.vertebra.graph;

import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.ParameterSpec;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * The values of a graph's parameters and buffers: named fp32 arrays in state-dict order, outside any engine.
 *
 * <p>The arrays are the truth that files are read into and written from; whoever holds this object may write them.
 */
public final class Parameters {
    private final Map<String, ParameterSpec> specs = new LinkedHashMap<>();
    private final Map<String, float[]> values = new LinkedHashMap<>();

    private Parameters(List<ParameterSpec> wanted) {
        for (ParameterSpec spec : wanted) {
            specs.put(spec.name(), spec);
            values.put(spec.name(), new float[Math.toIntExact(spec.shape().elements())]);
        }
    }

    /** Zeros for every parameter of a graph. */
    public static Parameters zeros(Graph graph) {
        return new Parameters(graph.parameters());
    }

    /** The values before training; each parameter depends on the seed and its own name only. */
    public static Parameters initialize(Graph graph, long seed) {
        Parameters parameters = zeros(graph);
        parameters.specs.values().forEach(spec -> parameters.initialize(spec.name(), seed));
        return parameters;
    }

    /** Gives one parameter the values that it has before training. */
    public void initialize(String name, long seed) {
        ParameterSpec spec = spec(name);
        CRC32 crc = new CRC32();
        crc.update(name.getBytes(StandardCharsets.UTF_8));
        spec.initializer().fill(get(name), spec.shape(), seed * 0x9E3779B97F4A7C15L + crc.getValue());
    }

    /** The names in state-dict order. */
    public Set<String> names() {
        return Collections.unmodifiableSet(values.keySet());
    }

    /** Name, shape and kind of one. */
    public ParameterSpec spec(String name) {
        ParameterSpec spec = specs.get(name);
        if (spec == null) {
            throw new GraphException(name, "is no parameter of this graph");
        }
        return spec;
    }

    /** The values of one, row-major; the array itself, not a copy. */
    public float[] get(String name) {
        spec(name);
        return values.get(name);
    }

    /** Refuses to serve a graph unless every parameter of it is here, in its shape, and every index chooses what there is. */
    public void requireFits(Graph graph) {
        for (ParameterSpec wanted : graph.parameters()) {
            ParameterSpec given = spec(wanted.name());
            if (!given.shape().equals(wanted.shape())) {
                throw new GraphException(
                        wanted.name(), "has the shape " + given.shape() + ", the model wants " + wanted.shape());
            }
            if (wanted.isIndex()) {
                wanted.indices(get(wanted.name()));
            }
        }
    }

    /** An independent copy. */
    public Parameters copy() {
        Parameters copy = new Parameters(List.copyOf(specs.values()));
        copy.set(this);
        return copy;
    }

    /** Takes over the values of every parameter that both have; a shape that differs is an error. */
    public void set(Parameters other) {
        for (String name : values.keySet()) {
            if (other.values.containsKey(name)) {
                if (!spec(name).shape().equals(other.spec(name).shape())) {
                    throw new GraphException(name, "has two shapes");
                }
                System.arraycopy(other.get(name), 0, get(name), 0, get(name).length);
            }
        }
    }
}
