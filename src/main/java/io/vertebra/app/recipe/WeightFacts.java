package io.vertebra.app.recipe;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertebra.graph.Conventions;
import io.vertebra.images.Normalization;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What a weight file of ours says of itself, so that it is built again by the conventions that it was trained with. */
public final class WeightFacts {
    private static final ObjectMapper JSON = new ObjectMapper();

    private WeightFacts() {}

    /** The entries for a model whose outputs are these classes, without background, and that sees pictures normalised so. */
    public static Map<String, String> metadata(OpenedModel opened, List<String> classes, Normalization normalization) {
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
        try {
            facts.put("vertebra.classes", JSON.writeValueAsString(classes));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("names that cannot be written", e);
        }
        return facts;
    }

    private static String join(List<Double> numbers) {
        return numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
}
