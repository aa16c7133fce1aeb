package io.vertebra.backbones.weights;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The naming schemes that are known, and the choice of one for a file. */
public final class Schemes {

    /** Of files that Vertebra wrote: canonical names, and the facts in the metadata ({@link SchemeInfo#toMetadata}). */
    static final String OWN = "vertebra";

    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final Map<String, Scheme> schemes = new LinkedHashMap<>();

    /** Schemes whose names differ. */
    public Schemes(List<Scheme> schemes) {
        for (Scheme scheme : schemes) {
            if (this.schemes.put(scheme.name(), scheme) != null) {
                throw new IllegalArgumentException("two schemes are called " + scheme.name());
            }
        }
    }

    /** The schemes that come with Vertebra. */
    public static Schemes builtIn() {
        List<Scheme> schemes = new ArrayList<>();
        for (String name : read("index.json", new TypeReference<List<String>>() {})) {
            Scheme scheme = read(name + ".json", new TypeReference<Scheme>() {});
            if (!scheme.name().equals(name)) {
                throw new IllegalStateException("scheme file " + name + ".json calls itself " + scheme.name());
            }
            schemes.add(scheme);
        }
        return new Schemes(schemes);
    }

    /** Parses one scheme. */
    static Scheme parse(String json) throws IOException {
        return JSON.readValue(json, Scheme.class);
    }

    private static <T> T read(String resource, TypeReference<T> type) {
        String path = "/io/vertebra/backbones/schemes/" + resource;
        try (InputStream in = Schemes.class.getResourceAsStream(path)) {
            if (in == null) {
                throw new IllegalStateException("resource " + path + " is missing");
            }
            return JSON.readValue(in, type);
        } catch (IOException e) {
            throw new UncheckedIOException("resource " + path + ": " + e.getMessage(), e);
        }
    }

    /** All of them, in the order of the index. */
    public List<Scheme> all() {
        return List.copyOf(schemes.values());
    }

    /** The scheme of this name. */
    public Optional<Scheme> named(String name) {
        return Optional.ofNullable(schemes.get(name));
    }

    /**
     * Finds out how a file names its tensors and what follows from it, before any graph is built.
     *
     * @throws WeightsException if no scheme or more than one fits
     */
    public SchemeInfo recognise(WeightFile file) {
        List<Scheme> found = candidates(file);
        if (found.size() == 1) {
            return SchemeInfo.of(file, found.get(0));
        }
        if (found.isEmpty()) {
            String some =
                    String.join(", ", file.tensors().keySet().stream().limit(3).toList());
            throw new WeightsException(
                    file.file(),
                    "",
                    "has names of no known scheme (" + (some.isEmpty() ? "no tensors" : some)
                            + (file.tensors().size() > 3 ? ", ..." : "") + "); known are "
                            + String.join(", ", schemes.keySet()));
        }
        throw new WeightsException(
                file.file(),
                "",
                "fits more than one naming scheme: "
                        + String.join(", ", found.stream().map(Scheme::name).toList()));
    }

    /** The schemes that fit a file's names; a file of ours says so itself. */
    List<Scheme> candidates(WeightFile file) {
        Scheme own = schemes.get(OWN);
        if (own != null && SchemeInfo.isOwn(file.metadata())) {
            return List.of(own);
        }
        Map<String, List<Integer>> shapes = new LinkedHashMap<>();
        String prefix = SchemeInfo.commonPrefix(file.tensors().keySet());
        file.tensors().forEach((name, info) -> shapes.put(name.substring(prefix.length()), info.shape()));
        return schemes.values().stream()
                .filter(scheme -> scheme.recognise().stream().anyMatch(s -> s.matches(shapes)))
                .toList();
    }
}
