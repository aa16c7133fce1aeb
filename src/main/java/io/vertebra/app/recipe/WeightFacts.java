package io.vertebra.app.recipe;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertebra.backbones.weights.WeightsException;
import io.vertebra.datasets.Palette;
import io.vertebra.graph.Conventions;
import io.vertebra.images.Normalization;
import io.vertebra.tasks.Labels;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What a weight file of ours says of itself, so that it is built again by the conventions that it was trained with. */
public final class WeightFacts {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CLASSES = "vertebra.classes";
    private static final String PALETTE = "vertebra.palette";

    private WeightFacts() {}

    /** The entries for a model whose heads tell these classes apart, and that sees pictures normalised so. */
    public static Map<String, String> metadata(
            OpenedModel opened, Map<String, Labels> labels, Normalization normalization) {
        Map<String, String> facts = new LinkedHashMap<>();
        opened.weights().ifPresent(w -> facts.putAll(w.info().toMetadata()));
        Conventions conventions = opened.model().conventions();
        facts.put("vertebra.names", "canonical");
        facts.put("vertebra.architecture", opened.model().backbone().name());
        facts.put("vertebra.class_offset", "0");
        facts.put("vertebra.same_padding", String.valueOf(conventions.samePadding()));
        if (conventions.normEpsilon() != null) {
            facts.put("vertebra.norm_epsilon", String.valueOf(conventions.normEpsilon()));
        }
        facts.put("vertebra.folded_norm", String.valueOf(conventions.frozenNorm()));
        facts.put("vertebra.mean", join(normalization.mean()));
        facts.put("vertebra.std", join(normalization.std()));
        labels.forEach((key, l) -> {
            facts.put(entry(CLASSES, key), json(l.names()));
            facts.put(entry(PALETTE, key), json(l.palette().colours()));
        });
        return facts;
    }

    /** The classes that a file's entries name, by the key of the head; a file that says nothing has none. */
    static Map<String, Labels> labels(Path file, Map<String, String> entries) {
        Map<String, Labels> labels = new LinkedHashMap<>();
        entries.forEach((name, value) -> {
            if (name.equals(CLASSES) || name.startsWith(CLASSES + ".")) {
                String key = name.equals(CLASSES) ? "" : name.substring(CLASSES.length() + 1);
                List<String> names = parsed(file, name, value, new TypeReference<List<String>>() {});
                String colours = entries.get(entry(PALETTE, key));
                Palette palette = colours == null
                        ? Palette.STANDARD
                        : new Palette(
                                parsed(file, entry(PALETTE, key), colours, new TypeReference<List<Integer>>() {}));
                labels.put(key, new Labels(names, palette));
            }
        });
        return labels;
    }

    private static String entry(String name, String key) {
        return key.isEmpty() ? name : name + "." + key;
    }

    private static String json(List<?> values) {
        try {
            return JSON.writeValueAsString(values);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("values that cannot be written", e);
        }
    }

    private static <T> T parsed(Path file, String entry, String text, TypeReference<T> type) {
        try {
            return JSON.readValue(text, type);
        } catch (JsonProcessingException e) {
            throw new WeightsException(file, "metadata", entry + " is no JSON list of the right kind", e);
        }
    }

    private static String join(List<Double> numbers) {
        return numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
}
