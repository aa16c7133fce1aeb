package io.vertebra.backbones.weights;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reader of the safetensors format: u64 length of the header, JSON header, data.
 *
 * <p>Refused are a header over 100 MB or beyond the file, anything that is not one JSON object, duplicate names, unknown types, shapes whose size overflows
 * or disagrees with the offsets, holes, overlaps and bytes after the last tensor. Data need not be aligned.
 */
final class Safetensors implements WeightFile {

    private static final long LONGEST_HEADER = 100_000_000;

    private final FileBytes bytes;
    private final SafetensorsHeader header;
    private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();
    private final Map<String, Long> offsets = new LinkedHashMap<>();

    private Safetensors(FileBytes bytes, SafetensorsHeader header, long start) {
        this.bytes = bytes;
        this.header = header;
        for (SafetensorsHeader.Entry entry : header.entries()) {
            tensors.put(entry.info().name(), entry.info());
            offsets.put(entry.info().name(), start + entry.begin());
        }
    }

    static Safetensors open(FileBytes bytes) {
        if (bytes.size() < 8) {
            throw bytes.fault("", "file is too short for a header: " + bytes.size() + " bytes");
        }
        long length = bytes.read("header", 0, 8).getLong();
        if (length < 0 || length > LONGEST_HEADER) {
            throw bytes.fault(
                    "header", "too large: " + Long.toUnsignedString(length) + " bytes, at most " + LONGEST_HEADER);
        }
        if (length > bytes.size() - 8) {
            throw bytes.fault("header", "ends behind the file: " + length + " bytes, the file has " + bytes.size());
        }
        ByteBuffer json = bytes.read("header", 8, length);
        SafetensorsHeader header = SafetensorsHeader.parse(bytes, json);
        checkRanges(bytes, header.entries(), bytes.size() - 8 - length);
        return new Safetensors(bytes, header, 8 + length);
    }

    /** The tensors must cover the data without holes and overlaps. */
    private static void checkRanges(FileBytes bytes, List<SafetensorsHeader.Entry> entries, long dataSize) {
        List<SafetensorsHeader.Entry> sorted = new ArrayList<>(entries);
        sorted.sort(Comparator.comparingLong(SafetensorsHeader.Entry::begin)
                .thenComparingLong(SafetensorsHeader.Entry::end));
        long at = 0;
        for (SafetensorsHeader.Entry entry : sorted) {
            String place = "tensor " + entry.info().name();
            if (entry.end() > dataSize) {
                throw bytes.fault(place, "ends behind the file (data offset " + entry.end() + " of " + dataSize + ")");
            }
            if (entry.begin() < at) {
                throw bytes.fault(
                        place,
                        "overlaps the tensor before it (begins at " + entry.begin() + ", that one ends at " + at + ")");
            }
            if (entry.begin() > at) {
                throw bytes.fault(place, "hole of " + (entry.begin() - at) + " bytes before it");
            }
            at = entry.end();
        }
        if (at < dataSize) {
            throw bytes.fault("", "file is longer than its tensors by " + (dataSize - at) + " bytes");
        }
    }

    @Override
    public Path file() {
        return bytes.file();
    }

    @Override
    public WeightFormat format() {
        return WeightFormat.SAFETENSORS;
    }

    @Override
    public Map<String, TensorInfo> tensors() {
        return Collections.unmodifiableMap(tensors);
    }

    @Override
    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(header.metadata());
    }

    @Override
    public List<String> notes() {
        return tensors.isEmpty() ? List.of("holds no tensors") : List.of();
    }

    @Override
    public float[] read(String name) {
        TensorInfo info = tensors.get(name);
        if (info == null) {
            throw new IllegalArgumentException(file() + " has no tensor " + name);
        }
        return bytes.readFloats("tensor " + name, offsets.get(name), info.type(), info.elements());
    }

    @Override
    public void close() {
        bytes.close();
    }
}
