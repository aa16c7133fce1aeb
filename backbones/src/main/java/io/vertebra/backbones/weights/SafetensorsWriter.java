package io.vertebra.backbones.weights;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes a safetensors file; the same content gives the same bytes, whatever the order in which it was added.
 *
 * <p>Tensors are sorted by name, metadata by key, the header is padded with blanks to 8 bytes. Arrays are not copied: change none before {@link #write}.
 */
public final class SafetensorsWriter {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int CHUNK = 1 << 20;
    private static final String TRACKED = "num_batches_tracked";

    @SuppressWarnings("ArrayRecordComponent") // a copy of our own, compared by no one
    private record Item(DType type, int[] shape, int length, Filler filler) {}

    /** Puts elements {@code from} to {@code to} into a buffer. */
    @FunctionalInterface
    private interface Filler {
        void fill(ByteBuffer buffer, int from, int to);
    }

    private final Map<String, String> metadata = new TreeMap<>();
    private final Map<String, Item> tensors = new TreeMap<>();

    /** A writer whose metadata says {@code format=pt}, as PyTorch's loaders want it. */
    public SafetensorsWriter() {
        metadata.put("format", "pt");
    }

    /** Adds or replaces an entry of the metadata. */
    public SafetensorsWriter metadata(String key, String value) {
        metadata.put(key, value);
        return this;
    }

    /** Adds or replaces entries of the metadata. */
    public SafetensorsWriter metadata(Map<String, String> entries) {
        metadata.putAll(entries);
        return this;
    }

    /** Adds a tensor of F32. */
    public SafetensorsWriter add(String name, int[] shape, float[] values) {
        return add(name, DType.F32, shape, values.length, (buffer, from, to) -> {
            buffer.asFloatBuffer().put(values, from, to - from);
            buffer.position(4 * (to - from));
        });
    }

    /** Adds a matrix of F32, row by row; each row has as many values as there are columns. */
    public SafetensorsWriter add(String name, int columns, List<float[]> rows) {
        for (float[] row : rows) {
            if (row.length != columns) {
                throw new IllegalArgumentException(name + " has a row of " + row.length + " values, not " + columns);
            }
        }
        int elements = Math.multiplyExact(rows.size(), columns);
        return add(name, DType.F32, new int[] {rows.size(), columns}, elements, (buffer, from, to) -> {
            for (int at = from; at < to; ) {
                int column = at % columns;
                int count = Math.min(columns - column, to - at);
                buffer.asFloatBuffer().put(rows.get(at / columns), column, count);
                buffer.position(buffer.position() + 4 * count);
                at += count;
            }
        });
    }

    /** Adds a tensor of I32. */
    public SafetensorsWriter add(String name, int[] shape, int[] values) {
        return add(name, DType.I32, shape, values.length, (buffer, from, to) -> {
            buffer.asIntBuffer().put(values, from, to - from);
            buffer.position(4 * (to - from));
        });
    }

    /** Adds a tensor of I64. */
    public SafetensorsWriter add(String name, int[] shape, long[] values) {
        return add(name, DType.I64, shape, values.length, (buffer, from, to) -> {
            buffer.asLongBuffer().put(values, from, to - from);
            buffer.position(8 * (to - from));
        });
    }

    /** Adds {@code num_batches_tracked}, an I64 scalar, for every batch norm added so far: PyTorch's strict loading wants it. */
    public SafetensorsWriter batchesTracked(long batches) {
        for (String name : tensors.keySet().toArray(String[]::new)) {
            if (name.endsWith("running_mean")) {
                String prefix = name.substring(0, name.length() - "running_mean".length());
                add(prefix + TRACKED, new int[0], new long[] {batches});
            }
        }
        return this;
    }

    private SafetensorsWriter add(String name, DType type, int[] shape, int length, Filler filler) {
        int elements = 1;
        for (int dimension : shape) {
            elements = Math.multiplyExact(elements, dimension);
        }
        if (elements != length) {
            throw new IllegalArgumentException(name + " has " + length + " values, its shape wants " + elements);
        }
        if (name.equals("__metadata__")) {
            throw new IllegalArgumentException("no tensor may be called __metadata__");
        }
        if (tensors.put(name, new Item(type, shape.clone(), length, filler)) != null) {
            throw new IllegalArgumentException(name + " was added twice");
        }
        return this;
    }

    /** Writes the file durably ({@link DurableFiles#write}). */
    public void write(Path target) {
        DurableFiles.write(target, this::writeTo);
    }

    private void writeTo(FileChannel channel) throws IOException {
        byte[] header = header();
        ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putLong(header.length).flip();
        drain(buffer, channel);
        drain(ByteBuffer.wrap(header), channel);
        for (Item item : tensors.values()) {
            int step = CHUNK / item.type().bytes();
            for (int from = 0; from < item.length(); from += step) {
                item.filler().fill(buffer.clear(), from, Math.min(item.length(), from + step));
                drain(buffer.flip(), channel);
            }
        }
    }

    private byte[] header() throws IOException {
        ObjectNode root = JSON.createObjectNode();
        ObjectNode words = root.putObject("__metadata__");
        metadata.forEach(words::put);
        long at = 0;
        for (Map.Entry<String, Item> entry : tensors.entrySet()) {
            Item item = entry.getValue();
            ObjectNode node = root.putObject(entry.getKey());
            node.put("dtype", item.type().name());
            ArrayNode shape = node.putArray("shape");
            for (int dimension : item.shape()) {
                shape.add(dimension);
            }
            long end = at + (long) item.length() * item.type().bytes();
            node.putArray("data_offsets").add(at).add(end);
            at = end;
        }
        byte[] json = JSON.writeValueAsBytes(root);
        byte[] padded = (new String(json, StandardCharsets.UTF_8) + " ".repeat(-json.length & 7))
                .getBytes(StandardCharsets.UTF_8);
        return padded;
    }

    private static void drain(ByteBuffer buffer, FileChannel channel) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }
}
