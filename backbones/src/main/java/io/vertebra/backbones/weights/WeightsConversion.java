package io.vertebra.backbones.weights;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code weights convert} did: a weight file of any source written as safetensors of F32 under canonical names.
 *
 * @param from the file that was read
 * @param to the file that was written
 * @param scheme what the names told
 * @param renamed canonical name by the file's own
 * @param made parameters of folded norms that the file does not have
 * @param dropped tensors of the file that were not written
 */
public record WeightsConversion(
        Path from, Path to, SchemeInfo scheme, Map<String, String> renamed, List<String> made, List<String> dropped) {

    /**
     * Converts a file. The new one says in its metadata what the scheme told, so that it loads without it.
     *
     * @param model that the file is for, where names and shapes are those of several; empty: what they tell
     * @throws WeightsException if the file cannot be read, or no scheme or more than one fits
     */
    public static WeightsConversion convert(Path from, Path to, Optional<String> model, Schemes schemes) {
        try (WeightFile file = WeightFile.open(from)) {
            SchemeInfo told = schemes.recognise(file);
            SchemeInfo info = model.map(told::forModel).orElse(told);
            CanonicalFile canonical = new CanonicalFile(file, info);
            SafetensorsWriter writer = new SafetensorsWriter()
                    .metadata(info.toMetadata())
                    .metadata("vertebra.source", String.valueOf(from.getFileName()));
            Map<String, String> renamed = new LinkedHashMap<>();
            List<String> made = new ArrayList<>();
            for (String name : canonical.names()) {
                canonical.nameInFile(name).ifPresentOrElse(own -> renamed.put(own, name), () -> made.add(name));
                int[] shape = canonical.shape(name).stream()
                        .mapToInt(Integer::intValue)
                        .toArray();
                writer.add(name, shape, canonical.read(name));
            }
            writer.batchesTracked(0).write(to);
            List<String> dropped = new ArrayList<>(file.tensors().keySet());
            dropped.removeAll(renamed.keySet());
            return new WeightsConversion(from, to, info, renamed, made, dropped);
        }
    }

    /** The report for people. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>(List.of(from + ": " + scheme.summary()));
        renamed.forEach((own, canonical) -> lines.add("  " + own + " -> " + canonical));
        made.forEach(name -> lines.add("  (folded norm) -> " + name));
        dropped.forEach(name -> lines.add("  " + name + " dropped"));
        lines.add(to + ": " + (renamed.size() + made.size()) + " parameters written");
        return lines;
    }
}
