package io.vertebra.tasks.runs;

import io.vertebra.graph.Parameters;
import io.vertebra.images.Normalization;
import io.vertebra.images.Size;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a deployable weight file says of itself, under keys {@code vertebra.*}; nothing in it depends on time or place.
 *
 * @param task its name in configs
 * @param classes their names in the order of the logits
 * @param inputSize pictures that it was trained on
 * @param normalization of these pictures
 * @param backbone its name in configs
 * @param head its name in configs
 * @param version of Vertebra
 * @param configDigest of the resolved config
 */
public record WeightMetadata(
        String task,
        List<String> classes,
        Size inputSize,
        Normalization normalization,
        String backbone,
        String head,
        String version,
        String configDigest) {

    /** Copies the list. */
    public WeightMetadata {
        classes = List.copyOf(classes);
    }

    /** As entries of the file's header. */
    public Map<String, String> entries() {
        Map<String, String> entries = new LinkedHashMap<>();
        entries.put("vertebra.task", task);
        entries.put("vertebra.classes", Json.line(classes));
        entries.put("vertebra.input_size", Json.line(List.of(inputSize.height(), inputSize.width())));
        entries.put("vertebra.mean", Json.line(normalization.mean()));
        entries.put("vertebra.std", Json.line(normalization.std()));
        entries.put("vertebra.backbone", backbone);
        entries.put("vertebra.head", head);
        entries.put("vertebra.version", version);
        entries.put("vertebra.config_digest", configDigest);
        return entries;
    }

    /** Writes a deployable file durably; the same values give the same bytes. */
    public void write(Path file, Parameters parameters, long step, long batches) {
        Tensors.writer(parameters, batches)
                .metadata(entries())
                .metadata("vertebra.step", Long.toString(step))
                .write(file);
    }
}
