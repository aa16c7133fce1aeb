package io.vertebra.backbones.weights;

import io.vertebra.graph.Conventions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * What a file's naming scheme says of the network that it is for, known from the header alone.
 *
 * @param scheme how the file names its tensors
 * @param prefix what stands before every name and is dropped: {@code module.} of DataParallel, {@code _orig_mod.} of torch.compile
 * @param architecture name of the model, where names and shapes tell it
 * @param outputs classes that the last layer of the single head tells apart, the background included
 * @param classOffset outputs before the first class
 * @param samePadding whether the network pads as TensorFlow's SAME
 * @param normEpsilon ε of the norms; empty: the model's own
 * @param foldedNorm whether the model must be built with frozen norms
 * @param preprocessing of pictures
 */
public record SchemeInfo(
        Scheme scheme,
        String prefix,
        Optional<String> architecture,
        OptionalInt outputs,
        int classOffset,
        boolean samePadding,
        OptionalDouble normEpsilon,
        boolean foldedNorm,
        Optional<Preprocessing> preprocessing) {

    private static final String KEY = "vertebra.";
    private static final List<String> PREFIXES = List.of("module.", "_orig_mod.");

    /** Name of the scheme. */
    public String name() {
        return scheme.name();
    }

    /** Number of classes without the background. */
    public OptionalInt classes() {
        return outputs.isPresent() ? OptionalInt.of(outputs.getAsInt() - classOffset) : outputs;
    }

    /** The same with another preparation of pictures: that of the published set that the file is. */
    public SchemeInfo withPreprocessing(Preprocessing other) {
        return new SchemeInfo(
                scheme,
                prefix,
                architecture,
                outputs,
                classOffset,
                samePadding,
                normEpsilon,
                foldedNorm,
                Optional.of(other));
    }

    /** What the file is for a model that is asked for by name: one of several whose names and shapes are the same. */
    public SchemeInfo forModel(String model) {
        return scheme.leavesConventionsTo(model)
                ? new SchemeInfo(
                        scheme,
                        prefix,
                        Optional.of(model),
                        outputs,
                        classOffset,
                        false,
                        OptionalDouble.empty(),
                        foldedNorm,
                        preprocessing)
                : this;
    }

    /** How a graph for this file must be built. */
    public Conventions conventions() {
        return new Conventions(
                samePadding, normEpsilon.isPresent() ? (Double) normEpsilon.getAsDouble() : null, foldedNorm);
    }

    /** One line for people. */
    public String summary() {
        List<String> parts = new ArrayList<>(List.of("scheme " + name()));
        architecture.ifPresent(a -> parts.add("architecture " + a));
        outputs.ifPresent(n ->
                parts.add(n + " outputs" + (classOffset > 0 ? " (the first " + classOffset + " is background)" : "")));
        if (samePadding) {
            parts.add("same padding");
        }
        normEpsilon.ifPresent(e -> parts.add("norm epsilon " + e));
        if (foldedNorm) {
            parts.add("folded norms");
        }
        return String.join(", ", parts);
    }

    /**
     * These facts as metadata of a file with canonical names, from which {@link Schemes#recognise} gets them back; every file that we write needs them.
     */
    public Map<String, String> toMetadata() {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put(KEY + "names", "canonical");
        architecture.ifPresent(a -> metadata.put(KEY + "architecture", a));
        metadata.put(KEY + "class_offset", String.valueOf(classOffset));
        metadata.put(KEY + "same_padding", String.valueOf(samePadding));
        normEpsilon.ifPresent(e -> metadata.put(KEY + "norm_epsilon", String.valueOf(e)));
        metadata.put(KEY + "folded_norm", String.valueOf(foldedNorm));
        preprocessing.ifPresent(p -> {
            metadata.put(KEY + "input_size", String.valueOf(p.inputSize()));
            metadata.put(KEY + "mean", join(p.mean()));
            metadata.put(KEY + "std", join(p.std()));
            metadata.put(KEY + "interpolation", p.interpolation());
            metadata.put(KEY + "crop", String.valueOf(p.crop()));
        });
        return metadata;
    }

    /** Whether the metadata are those of a file with canonical names. */
    static boolean isOwn(Map<String, String> metadata) {
        return "canonical".equals(metadata.get(KEY + "names"));
    }

    static SchemeInfo of(WeightFile file, Scheme scheme) {
        boolean own = scheme.name().equals(Schemes.OWN);
        String prefix = own ? "" : commonPrefix(file.tensors().keySet());
        Map<String, List<Integer>> shapes = new LinkedHashMap<>();
        file.tensors().forEach((name, info) -> shapes.put(name.substring(prefix.length()), info.shape()));
        Optional<String> architecture = scheme.architectures().stream()
                .filter(s -> s.matches(shapes))
                .map(Signature::name)
                .findFirst();
        SchemeInfo info = new SchemeInfo(
                scheme,
                prefix,
                architecture,
                OptionalInt.empty(),
                scheme.classOffset(),
                scheme.samePadding(),
                scheme.normEpsilon() == null ? OptionalDouble.empty() : OptionalDouble.of(scheme.normEpsilon()),
                scheme.foldedNorm(),
                Optional.ofNullable(scheme.preprocessing()));
        SchemeInfo told =
                own ? info.withMetadata(file) : architecture.map(info::forModel).orElse(info);
        CanonicalFile canonical = new CanonicalFile(file, told);
        OptionalInt outputs = new LastLayers(canonical.names()).outputs(canonical.shapes());
        return outputs.isEmpty() ? told : told.withOutputs(outputs.getAsInt());
    }

    private SchemeInfo withOutputs(int rows) {
        return new SchemeInfo(
                scheme,
                prefix,
                architecture,
                OptionalInt.of(rows),
                classOffset,
                samePadding,
                normEpsilon,
                foldedNorm,
                preprocessing);
    }

    /** The facts of {@link #toMetadata}, as the file has them. */
    private SchemeInfo withMetadata(WeightFile file) {
        Map<String, String> m = file.metadata();
        try {
            Optional<Preprocessing> pictures = m.containsKey(KEY + "mean")
                    ? Optional.of(new Preprocessing(
                            Integer.parseInt(m.getOrDefault(KEY + "input_size", "224")),
                            split(m.get(KEY + "mean")),
                            split(m.getOrDefault(KEY + "std", "1,1,1")),
                            m.getOrDefault(KEY + "interpolation", "bilinear"),
                            Double.parseDouble(m.getOrDefault(KEY + "crop", "1"))))
                    : Optional.empty();
            String epsilon = m.get(KEY + "norm_epsilon");
            return new SchemeInfo(
                    scheme,
                    prefix,
                    Optional.ofNullable(m.get(KEY + "architecture")),
                    outputs,
                    Integer.parseInt(m.getOrDefault(KEY + "class_offset", "0")),
                    Boolean.parseBoolean(m.get(KEY + "same_padding")),
                    epsilon == null ? OptionalDouble.empty() : OptionalDouble.of(Double.parseDouble(epsilon)),
                    Boolean.parseBoolean(m.get(KEY + "folded_norm")),
                    pictures);
        } catch (IllegalArgumentException e) {
            throw new WeightsException(file.file(), "metadata", "a vertebra entry is malformed: " + e.getMessage(), e);
        }
    }

    /** The prefixes of wrappers that stand before every one of the names. */
    static String commonPrefix(Collection<String> names) {
        String prefix = "";
        for (boolean longer = !names.isEmpty(); longer; ) {
            longer = false;
            for (String wrapper : PREFIXES) {
                String next = prefix + wrapper;
                if (names.stream().allMatch(n -> n.startsWith(next) && n.length() > next.length())) {
                    prefix = next;
                    longer = true;
                    break;
                }
            }
        }
        return prefix;
    }

    private static String join(List<Double> numbers) {
        return numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    private static List<Double> split(String numbers) {
        return Arrays.stream(numbers.split(",", -1)).map(Double::parseDouble).toList();
    }
}
