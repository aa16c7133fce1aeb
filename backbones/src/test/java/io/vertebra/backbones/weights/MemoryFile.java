package io.vertebra.backbones.weights;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A weight file of given names and shapes without bytes; element i of a tensor is i. */
record MemoryFile(Map<String, TensorInfo> tensors, Map<String, String> metadata) implements WeightFile {

    static MemoryFile of(Map<String, List<Integer>> shapes) {
        return of(shapes, Map.of());
    }

    static MemoryFile of(Map<String, List<Integer>> shapes, Map<String, String> metadata) {
        Map<String, TensorInfo> tensors = new LinkedHashMap<>();
        shapes.forEach((name, shape) -> tensors.put(name, new TensorInfo(name, DType.F32, shape)));
        return new MemoryFile(tensors, metadata);
    }

    @Override
    public Path file() {
        return Path.of("memory");
    }

    @Override
    public WeightFormat format() {
        return WeightFormat.SAFETENSORS;
    }

    @Override
    public List<String> notes() {
        return List.of();
    }

    @Override
    public float[] read(String name) {
        float[] values = new float[(int) tensors.get(name).elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        return values;
    }

    @Override
    public void close() {}
}
