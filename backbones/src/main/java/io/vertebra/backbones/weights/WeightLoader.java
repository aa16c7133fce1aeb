package io.vertebra.backbones.weights;

import io.vertebra.backbones.weights.LoadReport.Mismatch;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.ParameterSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Fills a model's parameters from a weight file. Strict unless told otherwise: a missing, unexpected or misshapen tensor is a {@link WeightsException}, thrown
 * before any array is written.
 *
 * <p>Where the file's classifier counts a background and the model's does not, the background's rows are left out. A
 * backbone with its own classifier also fills models with other heads, and a model with one head one with several: names
 * move between scopes. A classifier and an auxiliary head that the model does not have are left out and reported. Filters of RGB
 * pictures are adapted where the model's first convolution takes pictures of other channels. An index that chooses what the
 * model does not have is refused in any case.
 */
public final class WeightLoader {

    private final WeightFile file;
    private final SchemeInfo info;
    private boolean replacesClassifier;
    private boolean strict = true;

    /** Loads from an open file under the scheme that {@link Schemes#recognise} found for it. */
    public WeightLoader(WeightFile file, SchemeInfo info) {
        this.file = file;
        this.info = info;
    }

    /**
     * Leaves the parameters of last layers alone, and reports it, if their number of classes differs or the file has none,
     * and those of whole heads if the file is of a backbone alone: for training.
     */
    public WeightLoader replaceClassifier() {
        replacesClassifier = true;
        return this;
    }

    /** Loads what fits and reports the rest. */
    public WeightLoader lenient() {
        strict = false;
        return this;
    }

    /** Fills the parameters of a graph. */
    public LoadReport load(Parameters parameters) {
        Map<String, int[]> wanted = new LinkedHashMap<>();
        parameters
                .names()
                .forEach(name -> wanted.put(name, parameters.spec(name).shape().toArray()));
        return load(wanted, parameters::get, parameters::spec);
    }

    /**
     * Fills arrays.
     *
     * @param wanted shapes by canonical name
     * @param target the array to fill for a name
     */
    public LoadReport load(Map<String, int[]> wanted, Function<String, float[]> target) {
        return load(wanted, target, name -> null);
    }

    private LoadReport load(
            Map<String, int[]> wanted, Function<String, float[]> target, Function<String, ParameterSpec> specs) {
        CanonicalFile canonical = new CanonicalFile(file, info);
        Scopes scopes = new Scopes(canonical.names(), wanted.keySet());
        LoadReport report = compare(canonical, scopes, wanted);
        if (strict && !report.isComplete()) {
            throw refusal(report, canonical, scopes, wanted);
        }
        for (String name : report.loaded()) {
            ParameterSpec spec = specs.apply(name);
            if (spec != null && spec.isIndex()) {
                requireIndices(spec, canonical, scopes.sources().get(name));
            }
        }
        for (String name : report.loaded()) {
            float[] values = canonical.read(scopes.sources().get(name));
            float[] array = target.apply(name);
            if (report.adapted().contains(name)) {
                InputChannels.adapt(values, canonical.shape(scopes.sources().get(name)), array);
                continue;
            }
            // the rows of the background, if there are more values than wanted, come first
            System.arraycopy(values, values.length - array.length, array, 0, array.length);
        }
        return report;
    }

    private void requireIndices(ParameterSpec spec, CanonicalFile canonical, String source) {
        try {
            spec.indices(canonical.read(source));
        } catch (GraphException e) {
            throw new WeightsException(file.file(), spec.name(), e.reason(), e);
        }
    }

    private LoadReport compare(CanonicalFile canonical, Scopes scopes, Map<String, int[]> wanted) {
        List<String> loaded = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        List<Mismatch> mismatched = new ArrayList<>();
        List<String> reinitialised = new ArrayList<>();
        List<String> dropped = new ArrayList<>();
        List<String> adapted = new ArrayList<>();
        String stem = InputChannels.stem(wanted).orElse("");
        Set<String> lastLayers = new LastLayers(wanted.keySet()).names();
        wanted.forEach((name, dimensions) -> {
            List<Integer> shape = shape(dimensions);
            boolean isLast = lastLayers.contains(name);
            String source = scopes.sources().get(name);
            if (source == null) {
                (replacesClassifier && (isLast || scopes.isNew(name)) ? reinitialised : missing).add(name);
                return;
            }
            List<Integer> inFile = canonical.shape(source);
            boolean rowsDiffer = isLast && sameButRows(inFile, shape);
            if (inFile.equals(shape)) {
                loaded.add(name);
            } else if (rowsDiffer && info.classOffset() > 0 && inFile.get(0) - info.classOffset() == shape.get(0)) {
                loaded.add(name);
                dropped.add(name);
            } else if (name.equals(stem) && InputChannels.areAdaptable(inFile, shape)) {
                loaded.add(name);
                adapted.add(name);
            } else if (rowsDiffer && replacesClassifier) {
                reinitialised.add(name);
            } else {
                mismatched.add(new Mismatch(name, inFile, shape));
            }
        });
        List<String> unexpected = new ArrayList<>(canonical.unmapped());
        unexpected.addAll(scopes.unexpected());
        return new LoadReport(
                file.file(),
                info,
                loaded,
                missing,
                unexpected,
                mismatched,
                reinitialised,
                dropped,
                scopes.leftOut(),
                adapted);
    }

    private static List<Integer> shape(int[] dimensions) {
        return Arrays.stream(dimensions).boxed().toList();
    }

    private static boolean sameButRows(List<Integer> one, List<Integer> other) {
        return one.size() == other.size()
                && !one.isEmpty()
                && one.subList(1, one.size()).equals(other.subList(1, other.size()));
    }

    private WeightsException refusal(
            LoadReport report, CanonicalFile canonical, Scopes scopes, Map<String, int[]> wanted) {
        Set<String> lastLayers = new LastLayers(wanted.keySet()).names();
        List<Mismatch> mismatched = report.mismatched();
        String place = mismatched.isEmpty()
                ? (report.missing().isEmpty() ? report.unexpected() : report.missing()).get(0)
                : mismatched.get(0).name();
        boolean onlyClasses = report.missing().isEmpty()
                && report.unexpected().isEmpty()
                && mismatched.stream()
                        .allMatch(m -> lastLayers.contains(m.name()) && sameButRows(m.inFile(), m.wanted()));
        if (onlyClasses) {
            Mismatch first = mismatched.get(0);
            return new WeightsException(
                    file.file(),
                    place,
                    "has " + classes(scopes.sources().get(first.name()), first.inFile(), canonical.shapes())
                            + " classes, the model wants " + classes(first.name(), first.wanted(), shapes(wanted))
                            + " ("
                            + LoadReport.first(
                                    mismatched.stream().map(Mismatch::name).toList())
                            + "); only train replaces a classifier");
        }
        String hint = info.architecture().map(a -> "; the file looks like " + a).orElse("");
        return new WeightsException(
                file.file(), place, "does not fit the model: " + String.join(", ", report.differences()) + hint);
    }

    private static int classes(String name, List<Integer> shape, Map<String, List<Integer>> shapes) {
        return LastLayers.classes(name, shape, shapes).orElse(shape.get(0));
    }

    private static Map<String, List<Integer>> shapes(Map<String, int[]> wanted) {
        Map<String, List<Integer>> shapes = new LinkedHashMap<>();
        wanted.forEach((name, dimensions) -> shapes.put(name, shape(dimensions)));
        return shapes;
    }
}
