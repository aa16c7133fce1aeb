package io.vertebra.backbones;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is published of the models: usual class count and picture size, weights, preprocessing, accuracies.
 *
 * <p>The facts are data: a JSON file a family in the resources, made by {@code tools/goldens/backbones_zoo.py}.
 */
public final class Zoo {
    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .build();

    private final Map<String, Entry> entries;

    private Zoo(Map<String, Entry> entries) {
        this.entries = entries;
    }

    /**
     * A published model.
     *
     * @param name of the model
     * @param classes that its classifier tells apart
     * @param inputSize side of the pictures that its counts are given for
     * @param weights published sets, the default first
     */
    public record Entry(String name, int classes, int inputSize, List<Weights> weights) {
        /** The accuracy of the default weights in percent. */
        public Optional<Double> top1() {
            return weights.stream().findFirst().map(w -> w.evaluations().get(0).top1());
        }
    }

    /**
     * A published set of weights.
     *
     * @param tag its name: {@code imagenet1k_v1}
     * @param source who published it: the naming scheme of its tensors
     * @param file name of the file
     * @param url its address
     * @param license of the weights; {@code null}: not stated
     * @param classes of its classifier
     * @param mean of R, G and B that is subtracted from pictures in [0, 1]
     * @param std of R, G and B that they are divided by
     * @param evaluations one for each tested size, the main one first
     */
    public record Weights(
            String tag,
            String source,
            String file,
            String url,
            String license,
            int classes,
            List<Double> mean,
            List<Double> std,
            List<Evaluation> evaluations) {}

    /**
     * A published accuracy on ImageNet's validation set, and how its pictures were prepared.
     *
     * @param size side of the centre crop
     * @param resize short side before it
     * @param interpolation bilinear or bicubic
     * @param top1 in percent
     * @param top5 in percent
     */
    public record Evaluation(int size, int resize, String interpolation, double top1, double top5) {}

    /** The zoo that comes with Vertebra. */
    public static Zoo builtIn() {
        Map<String, Entry> entries = new LinkedHashMap<>();
        for (String family : read("index", new TypeReference<List<String>>() {})) {
            read(family, new TypeReference<List<Entry>>() {}).forEach(m -> entries.put(m.name(), m));
        }
        return new Zoo(entries);
    }

    /** All that is known, in the order of the families. */
    public List<Entry> entries() {
        return List.copyOf(entries.values());
    }

    /** What is published of a model. */
    public Optional<Entry> entry(String name) {
        return Optional.ofNullable(entries.get(name));
    }

    private static <T> T read(String name, TypeReference<T> type) {
        String resource = "zoo/" + name + ".json";
        try (InputStream in = Zoo.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("the resource " + resource + " is missing");
            }
            return JSON.readValue(in, type);
        } catch (IOException e) {
            throw new UncheckedIOException("the resource " + resource + " is malformed", e);
        }
    }
}
