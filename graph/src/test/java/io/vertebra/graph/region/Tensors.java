package io.vertebra.graph.region;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Assumptions;

/** The tensors of a safetensors file that is trusted: the module has no reader, and must not depend on the one that is. */
record Tensors(JsonNode header, ByteBuffer data) {

    /** A file or folder of {@code shared}; the test is skipped where it is absent. */
    static Path shared(String inside) {
        for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            Path shared = folder.resolve("shared");
            if (Files.isDirectory(shared.resolve("anchors"))) {
                return shared.resolve(inside);
            }
        }
        return Assumptions.abort("the folder shared/ with the published references is not beside the project");
    }

    static Tensors read(String inside) {
        try {
            ByteBuffer file =
                    ByteBuffer.wrap(Files.readAllBytes(shared(inside))).order(ByteOrder.LITTLE_ENDIAN);
            byte[] header = new byte[(int) file.getLong()];
            file.get(header);
            return new Tensors(
                    new ObjectMapper().readTree(new String(header, StandardCharsets.UTF_8)),
                    file.slice().order(ByteOrder.LITTLE_ENDIAN));
        } catch (IOException e) {
            throw new UncheckedIOException(inside, e);
        }
    }

    int[] shape(String name) {
        return StreamSupport.stream(header.get(name).get("shape").spliterator(), false)
                .mapToInt(JsonNode::asInt)
                .toArray();
    }

    private ByteBuffer bytes(String name, String type) {
        JsonNode tensor = header.get(name);
        if (!tensor.get("dtype").asText().equals(type)) {
            throw new IllegalArgumentException(name + " is no " + type);
        }
        int from = tensor.get("data_offsets").get(0).asInt();
        int to = tensor.get("data_offsets").get(1).asInt();
        return data.slice(from, to - from).order(ByteOrder.LITTLE_ENDIAN);
    }

    float[] floats(String name) {
        ByteBuffer bytes = bytes(name, "F32");
        float[] floats = new float[bytes.remaining() / Float.BYTES];
        bytes.asFloatBuffer().get(floats);
        return floats;
    }

    /** Indices. */
    int[] ints(String name) {
        ByteBuffer bytes = bytes(name, "I64");
        int[] ints = new int[bytes.remaining() / Long.BYTES];
        for (int i = 0; i < ints.length; i++) {
            ints[i] = Math.toIntExact(bytes.getLong());
        }
        return ints;
    }

    byte[] bytes(String name) {
        ByteBuffer bytes = bytes(name, "U8");
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        return copy;
    }
}
