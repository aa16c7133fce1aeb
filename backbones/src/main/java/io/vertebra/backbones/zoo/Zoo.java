package io.vertebra.backbones.zoo;

import io.vertebra.backbones.weights.Preprocessing;
import io.vertebra.backbones.weights.Sha256;
import io.vertebra.graph.op.Check;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What is published of the models: usual class count and picture size, weights, preprocessing, accuracies.
 *
 * <p>Each family's file is read when the first of its models is asked for. Immutable; for any number of threads.
 */
public final class Zoo {
    private static final Set<String> METRICS = Set.of("top1", "top5", "miou", "box_ap");

    private final Map<String, String> familyByModel;
    private final ZooFiles files;
    private final Map<String, Map<String, Entry>> families = new ConcurrentHashMap<>();

    Zoo(ZooFiles files) {
        this.files = files;
        this.familyByModel = files.index();
    }

    /**
     * A published model.
     *
     * @param name of the model
     * @param classes that it tells apart
     * @param inputSize side of the pictures that its counts are given for
     * @param weights published sets, the default first
     */
    public record Entry(String name, int classes, int inputSize, List<Weights> weights) {
        /** Checks the numbers. */
        public Entry {
            Objects.requireNonNull(name, "name");
            Check.atLeast(1, "classes", classes);
            Check.atLeast(1, "input_size", inputSize);
            weights = List.copyOf(weights);
            long tags = weights.stream().map(Weights::tag).distinct().count();
            Check.that(tags == weights.size(), "weights", "of %s have a tag twice", name);
        }

        /** The accuracy of the default weights in percent. */
        public Optional<Double> top1() {
            return weights.stream()
                    .findFirst()
                    .flatMap(w -> w.evaluations().get(0).metric("top1"));
        }

        /** The set of this tag. */
        public Optional<Weights> weights(String tag) {
            return weights.stream().filter(w -> w.tag().equals(tag)).findFirst();
        }

        /** The tags, the default first. */
        public List<String> tags() {
            return weights.stream().map(Weights::tag).toList();
        }
    }

    /**
     * A published set of weights.
     *
     * @param tag its name: {@code imagenet1k_v1}
     * @param source who published it: the naming scheme of its tensors
     * @param file name of the file, unlike that of every other set of other contents
     * @param url its address
     * @param sha256 first digits of its SHA-256, at least 8; {@code null}: not published
     * @param license of the weights; {@code null}: not stated
     * @param classes that it tells apart, the background not counted; 0: features only
     * @param mean of R, G and B that is subtracted from pictures in [0, 1]
     * @param std of R, G and B that they are divided by
     * @param evaluations one for each tested size, the main one first
     */
    public record Weights(
            String tag,
            String source,
            String file,
            String url,
            String sha256,
            String license,
            int classes,
            List<Double> mean,
            List<Double> std,
            List<Evaluation> evaluations) {

        /** Checks what a download relies on. */
        public Weights {
            Check.that(tag.matches("[a-z0-9][a-z0-9_]*"), "tag", "is %s", tag);
            Check.that(file.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,199}"), "file", "is no plain name: %s", file);
            String scheme = URI.create(url).getScheme();
            Check.that("https".equals(scheme) || "http".equals(scheme), "url", "is no address: %s", url);
            Check.that(sha256 == null || sha256.matches("[0-9a-f]{8,64}"), "sha256", "is %s", sha256);
            Check.that(classes >= 0, "classes", "are %s", classes);
            mean = List.copyOf(mean);
            std = List.copyOf(std);
            evaluations = List.copyOf(evaluations);
            Check.that(!evaluations.isEmpty(), "evaluations", "of %s are missing", tag);
        }

        /** How pictures are prepared for the main evaluation. */
        public Preprocessing preprocessing() {
            Evaluation main = evaluations.get(0);
            double crop = Math.min(1, (double) main.size() / main.resize());
            return new Preprocessing(main.size(), mean, std, main.interpolation(), crop);
        }
    }

    /**
     * How a set was tested: the preparation of its pictures, and the figures.
     *
     * @param size side of the centre crop
     * @param resize short side before it
     * @param interpolation bilinear or bicubic
     * @param metrics in percent, those that are published: top1 and top5 on ImageNet's validation set, miou on VOC's classes in
     *     COCO's pictures, box_ap on COCO's validation set
     */
    public record Evaluation(int size, int resize, String interpolation, Map<String, Double> metrics) {
        /** Keeps a copy. */
        public Evaluation {
            Check.atLeast(1, "size", size);
            Check.atLeast(1, "resize", resize);
            metrics = metrics == null ? Map.of() : Map.copyOf(metrics);
            Check.that(METRICS.containsAll(metrics.keySet()), "metrics", "are %s", metrics.keySet());
        }

        /** A figure. */
        public Optional<Double> metric(String name) {
            return Optional.ofNullable(metrics.get(name));
        }
    }

    /** A set, and the model that it is for. */
    public record Published(String model, Weights weights) {
        /** Both names: {@code resnet18:imagenet1k_v1}. */
        public String name() {
            return model + ":" + weights.tag();
        }
    }

    private static final class BuiltIn {
        static final Zoo ZOO = new Zoo(ZooFiles.ofResources());
    }

    /** The zoo that comes with Vertebra. */
    public static Zoo builtIn() {
        return BuiltIn.ZOO;
    }

    /** All that is known, in the order of the families. */
    public List<Entry> entries() {
        return familyByModel.keySet().stream().map(n -> entry(n).orElseThrow()).toList();
    }

    /** What is published of a model. */
    public Optional<Entry> entry(String name) {
        return Optional.ofNullable(familyByModel.get(name))
                .map(family -> families.computeIfAbsent(family, this::read).get(name));
    }

    /**
     * A published set.
     *
     * @param model name of the model
     * @param tag of the set, or {@code MODEL:TAG} of another model's
     */
    public Optional<Weights> weights(String model, String tag) {
        int colon = tag.indexOf(':');
        return colon < 0
                ? entry(model).flatMap(e -> e.weights(tag))
                : entry(tag.substring(0, colon)).flatMap(e -> e.weights(tag.substring(colon + 1)));
    }

    /** The sets that a file is, told by its name, and by its contents as far as a checksum is published. */
    public List<Published> identify(Path file) throws IOException {
        List<Published> named = ofFile(file);
        String digest = named.isEmpty() ? "" : Sha256.of(file);
        return named.stream()
                .filter(p -> p.weights().sha256() == null
                        || digest.startsWith(p.weights().sha256()))
                .toList();
    }

    /** The sets whose file is called so; one file may go by two tags. */
    public List<Published> ofFile(Path file) {
        String name = String.valueOf(file.getFileName());
        List<Published> found = new ArrayList<>();
        for (Entry entry : entries()) {
            entry.weights().stream()
                    .filter(w -> w.file().equals(name))
                    .forEach(w -> found.add(new Published(entry.name(), w)));
        }
        return found;
    }

    private Map<String, Entry> read(String family) {
        Map<String, Entry> entries = new LinkedHashMap<>();
        files.family(family).forEach(e -> entries.put(e.name(), e));
        List<String> listed = familyByModel.entrySet().stream()
                .filter(e -> e.getValue().equals(family))
                .map(Map.Entry::getKey)
                .toList();
        if (!listed.equals(List.copyOf(entries.keySet()))) {
            throw new IllegalStateException(
                    "zoo/" + family + ".yaml has " + entries.keySet() + ", the index " + listed);
        }
        return entries;
    }
}
