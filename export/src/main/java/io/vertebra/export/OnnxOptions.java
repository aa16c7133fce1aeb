package io.vertebra.export;

import io.vertebra.graph.op.Check;
import io.vertebra.graph.op.Size;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * How a model is written.
 *
 * @param opset version of ONNX's operators, 13 to 21
 * @param picture height and width of the pictures, which the file fixes; the batch stays free
 * @param names other names of inputs and outputs, by the graph's own
 * @param metadata entries of {@code metadata_props}
 */
public record OnnxOptions(int opset, Size picture, Map<String, String> names, Map<String, String> metadata) {

    /** The version that is written if nothing is said: the first with layer norm. */
    public static final int OPSET = 17;

    private static final int FIRST = 13;
    private static final int LAST = 21;

    /** Checks the version. */
    public OnnxOptions {
        Check.that(opset >= FIRST && opset <= LAST, "opset", "must lie in [%d, %d], is %d", FIRST, LAST, opset);
        Check.atLeast(1, "picture", Objects.requireNonNull(picture, "picture"));
        names = Map.copyOf(names);
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    }

    /** Pictures of this size, the usual version, the graph's own names, no metadata. */
    public static OnnxOptions of(Size picture) {
        return new OnnxOptions(OPSET, picture, Map.of(), Map.of());
    }

    /** Another version. */
    public OnnxOptions opset(int version) {
        return new OnnxOptions(version, picture, names, metadata);
    }

    /** Other names of inputs and outputs. */
    public OnnxOptions names(Map<String, String> others) {
        return new OnnxOptions(opset, picture, others, metadata);
    }

    /** Entries of {@code metadata_props}. */
    public OnnxOptions metadata(Map<String, String> entries) {
        return new OnnxOptions(opset, picture, names, entries);
    }

    /** The name of an input or output in the file. */
    String nameOf(String own) {
        return names.getOrDefault(own, own);
    }

    /** The version of the file format that came with the operators: onnx's table of versions. */
    int format() {
        return opset < 15 ? 7 : opset < 19 ? 8 : opset < 21 ? 9 : 10;
    }
}
