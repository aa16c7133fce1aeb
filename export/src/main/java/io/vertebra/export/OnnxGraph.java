package io.vertebra.export;

import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.Shape;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** An ONNX graph while it is put together: a message {@code GraphProto} in which every value has a name of its own. */
final class OnnxGraph {
    private static final int FLOAT = 1;
    private static final int INT32 = 6;
    private static final int INT64 = 7;

    /** First axis of what is of pictures. */
    static final String BATCH = "batch";

    /** First axis of what is of regions of all pictures. */
    static final String REGIONS = "regions";

    private final Message nodes = new Message();
    private final Message initializers = new Message();
    private final Message doors = new Message();
    private final Set<String> taken = new HashSet<>();
    private final Set<String> nodeNames = new HashSet<>();
    private final Map<Float, String> scalars = new HashMap<>();
    private final Map<String, String> parameters = new HashMap<>();

    /** Keeps a name from values that only want one like it. */
    void reserve(String name) {
        if (!taken.add(name)) {
            throw new IllegalArgumentException(name + " is the name of two values of the file");
        }
    }

    /** This name, or one like it that no other value has. */
    String unique(String wanted) {
        return unique(wanted, taken);
    }

    private static String unique(String wanted, Set<String> others) {
        String name = wanted;
        for (int i = 1; !others.add(name); i++) {
            name = wanted + "_" + i;
        }
        return name;
    }

    /** An input, with the name of its first axis, whose extent is free. */
    void input(String name, DataType type, Shape shape, String axis) {
        doors.message(11, door(name, type == DataType.F32 ? FLOAT : INT32, shape, axis));
    }

    /** An output, likewise. */
    void output(String name, Shape shape, String axis) {
        doors.message(12, door(name, FLOAT, shape, axis));
    }

    private static Message door(String name, int type, Shape shape, String first) {
        Message axes = new Message().message(1, new Message().text(2, first));
        for (int axis = 1; axis < shape.rank(); axis++) {
            axes.message(1, new Message().integer(1, shape.get(axis)));
        }
        Message tensor = new Message().integer(1, type).message(2, axes);
        return new Message().text(1, name).message(2, new Message().message(1, tensor));
    }

    /**
     * A constant of floats under a name that is reserved for it, once for all who use it; gives its name, another one where
     * it was there with other extents.
     */
    String parameter(String name, float[] values, int... extents) {
        return parameters.computeIfAbsent(name + Arrays.toString(extents), key -> {
            boolean isFirst = parameters.keySet().stream().noneMatch(other -> other.startsWith(name + "["));
            return floats(isFirst ? name : unique(name), values, extents);
        });
    }

    /** A constant of floats; gives its name. */
    String constant(String wanted, float[] values, int... extents) {
        return floats(unique(wanted), values, extents);
    }

    private String floats(String name, float[] values, int... extents) {
        long[] axes = Arrays.stream(extents).asLongStream().toArray();
        initializers.message(5, tensor(name, FLOAT, axes).bytes(9, values));
        return name;
    }

    /** A single number; equal numbers are one constant. */
    String scalar(double value) {
        return scalars.computeIfAbsent((float) value, v -> constant("constant/" + v, new float[] {v}));
    }

    /** A list of whole numbers; gives its name. */
    String constant(String wanted, long... values) {
        String name = unique(wanted);
        initializers.message(5, tensor(name, INT64, new long[] {values.length}).bytes(9, values));
        return name;
    }

    private static Message tensor(String name, int type, long[] axes) {
        Message tensor = new Message();
        for (long axis : axes) {
            tensor.integer(1, axis);
        }
        return tensor.integer(2, type).text(8, name);
    }

    /** Adds a node with one output. */
    void node(String type, String output, Attributes attributes, List<String> inputs) {
        node(type, List.of(output), attributes, inputs);
    }

    /** Adds a node, which has the name of its first output. */
    void node(String type, List<String> outputs, Attributes attributes, List<String> inputs) {
        Message node = new Message();
        inputs.forEach(input -> node.text(1, input));
        outputs.forEach(output -> node.text(2, output));
        node.text(3, unique(outputs.get(0), nodeNames)).text(4, type);
        attributes.all().forEach(attribute -> node.message(5, attribute));
        nodes.message(1, node);
    }

    /** The message. */
    Message finish(String name) {
        return new Message().all(nodes).text(2, name).all(initializers).all(doors);
    }
}
