package io.vertebra.backbones.weights;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code weights inspect} shows of a file.
 *
 * @param file the file
 * @param format what it is
 * @param tensors in the order of the file
 * @param parameters elements of all tensors
 * @param metadata what the file says of itself
 * @param scheme what the names tell; empty if no scheme, or more than one, fits
 * @param warnings lines {@code file: ...} for stderr
 */
public record WeightsInspection(
        Path file,
        WeightFormat format,
        List<TensorInfo> tensors,
        long parameters,
        Map<String, String> metadata,
        Optional<SchemeInfo> scheme,
        List<String> warnings) {

    /** A hostile file may show the same bytes as many tensors: with more values than this times its bytes they are not looked at. */
    private static final long MOST_VALUES_PER_BYTE = 4;

    /**
     * Reads a file, its values too: those that are not finite are a warning.
     *
     * @throws WeightsException if it cannot be read
     */
    public static WeightsInspection of(Path path, Schemes schemes) {
        try (WeightFile file = WeightFile.open(path)) {
            Collection<TensorInfo> tensors = file.tensors().values();
            long parameters = tensors.stream().mapToLong(TensorInfo::elements).reduce(0, Math::addExact);
            List<String> warnings = new ArrayList<>();
            file.notes().forEach(note -> warnings.add(path + ": " + note));
            if (parameters <= MOST_VALUES_PER_BYTE * size(path)) {
                checkFinite(file, warnings);
            } else {
                warnings.add(path + ": too many values to look for those that are not finite");
            }
            List<Scheme> found = schemes.candidates(file);
            if (found.size() > 1) {
                warnings.add(path + ": fits more than one naming scheme: "
                        + String.join(", ", found.stream().map(Scheme::name).toList()));
            }
            Optional<SchemeInfo> scheme =
                    found.size() == 1 ? Optional.of(SchemeInfo.of(file, found.get(0))) : Optional.empty();
            return new WeightsInspection(
                    path,
                    file.format(),
                    List.copyOf(tensors),
                    parameters,
                    Collections.unmodifiableMap(new LinkedHashMap<>(file.metadata())),
                    scheme,
                    warnings);
        }
    }

    /** What the file is for a model whose names and shapes are those of several. */
    public WeightsInspection forModel(String model) {
        Optional<SchemeInfo> forIt = scheme.map(info -> info.forModel(model));
        return new WeightsInspection(file, format, tensors, parameters, metadata, forIt, warnings);
    }

    private static long size(Path path) {
        try {
            return Files.size(path);
        } catch (IOException e) {
            throw new UncheckedIOException(path + ": cannot be read", e);
        }
    }

    private static void checkFinite(WeightFile file, List<String> warnings) {
        List<String> bad = new ArrayList<>();
        for (TensorInfo tensor : file.tensors().values()) {
            float[] values = file.read(tensor.name());
            boolean finite = true;
            for (float value : values) {
                finite &= Float.isFinite(value);
            }
            if (!finite) {
                bad.add(tensor.name());
            }
        }
        if (!bad.isEmpty()) {
            warnings.add(file.file() + ": " + WeightsException.clean(bad.get(0)) + ": has values that are not finite"
                    + (bad.size() > 1 ? ", and " + (bad.size() - 1) + " more tensors have" : ""));
        }
    }

    /** For people: facts, then a line a tensor. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(file + ": " + format.title() + ", " + tensors.size() + " tensors, " + parameters + " parameters");
        lines.add(scheme.map(SchemeInfo::summary).orElse("no known naming scheme"));
        metadata.forEach((key, value) -> lines.add(WeightsException.clean(key + ": " + value)));
        for (TensorInfo tensor : tensors) {
            lines.add(String.format(
                    "  %-4s %-20s %s", tensor.type(), tensor.shape(), WeightsException.clean(tensor.name())));
        }
        return lines;
    }

    /** For programs; the names of the fields are stable. */
    public ObjectNode toJson() {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("file", file.toString());
        root.put("format", format.title());
        root.put("parameters", parameters);
        root.put("scheme", scheme.map(SchemeInfo::name).orElse(null));
        root.put("architecture", scheme.flatMap(SchemeInfo::architecture).orElse(null));
        scheme.ifPresent(info -> {
            info.outputs().ifPresent(n -> root.put("outputs", n));
            info.classes().ifPresent(n -> root.put("classes", n));
            root.put("class_offset", info.classOffset());
            root.put("same_padding", info.samePadding());
            info.normEpsilon().ifPresent(e -> root.put("norm_epsilon", e));
            root.put("folded_norm", info.foldedNorm());
        });
        ObjectNode words = root.putObject("metadata");
        metadata.forEach(words::put);
        ObjectNode list = root.putObject("tensors");
        for (TensorInfo tensor : tensors) {
            ObjectNode node = list.putObject(tensor.name());
            node.put("type", tensor.type().name());
            tensor.shape().forEach(node.putArray("shape")::add);
        }
        warnings.forEach(root.putArray("warnings")::add);
        return root;
    }
}
