package io.vertebra.tasks.runs;

import io.vertebra.graph.Parameters;
import io.vertebra.images.Normalization;
import io.vertebra.images.Size;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a deployable weight file says of itself, under keys {@code vertebra.*}; nothing in it depends on time or place.
 *
 * @param task its name in configs
 * @param classes their names in the order of the logits
 * @param inputSize pictures that it was trained on; the file tells the longer side
 * @param normalization of these pictures
 * @param backbone its name in configs
 * @param head its name in configs
 * @param version of Vertebra
 * @param configDigest of the resolved config
 * @param others entries besides: by which conventions the weights are to be read
 */
public record WeightMetadata(
        String task,
        List<String> classes,
        Size inputSize,
        Normalization normalization,
        String backbone,
        String head,
        String version,
        String configDigest,
        Map<String, String> others) {

    /** Copies list and map. */
    public WeightMetadata {
        classes = List.copyOf(classes);
        others = Collections.unmodifiableMap(new LinkedHashMap<>(others));
    }

    /** Without other entries. */
    public WeightMetadata(
            String task,
            List<String> classes,
            Size inputSize,
            Normalization normalization,
            String backbone,
            String head,
            String version,
            String configDigest) {
        this(task, classes, inputSize, normalization, backbone, head, version, configDigest, Map.of());
    }

    /** The same with other entries, which stand above those of the same key here. */
    public WeightMetadata with(Map<String, String> entries) {
        return new WeightMetadata(
                task, classes, inputSize, normalization, backbone, head, version, configDigest, entries);
    }

    /** As entries of the file's header; sizes and constants as the reader of weights wants them. */
    public Map<String, String> entries() {
        Map<String, String> entries = new LinkedHashMap<>();
        entries.put("vertebra.task", task);
        entries.put("vertebra.classes", Json.line(classes));
        entries.put("vertebra.input_size", Integer.toString(Math.max(inputSize.height(), inputSize.width())));
        entries.put("vertebra.mean", join(normalization.mean()));
        entries.put("vertebra.std", join(normalization.std()));
        entries.put("vertebra.backbone", backbone);
        entries.put("vertebra.head", head);
        entries.put("vertebra.version", version);
        entries.put("vertebra.config_digest", configDigest);
        entries.putAll(others);
        return entries;
    }

    private static String join(List<Double> numbers) {
        return numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    /** Writes a deployable file durably; the same values give the same bytes. */
    public void write(Path file, Parameters parameters, long step, long batches) {
        Tensors.writer(parameters, batches)
                .metadata(entries())
                .metadata("vertebra.step", Long.toString(step))
                .write(file);
    }
}
