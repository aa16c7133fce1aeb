package io.vertebra.backbones.weights;

import io.vertebra.backbones.weights.LoadReport.Mismatch;
import io.vertebra.graph.Parameters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Fills a model's parameters from a weight file. Strict unless told otherwise: a missing, unexpected or misshapen tensor is a {@link WeightsException}, thrown
 * before any array is written.
 *
 * <p>Where the file's classifier counts a background and the model's does not, the background's rows are left out.
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

    /** Leaves the classifier's parameters alone, and reports it, if its number of classes differs or the file has none: for training. */
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
        return load(wanted, parameters::get);
    }

    /**
     * Fills arrays.
     *
     * @param wanted shapes by canonical name
     * @param target the array to fill for a name
     */
    public LoadReport load(Map<String, int[]> wanted, Function<String, float[]> target) {
        CanonicalFile canonical = new CanonicalFile(file, info);
        LoadReport report = compare(canonical, wanted);
        if (strict && !report.isComplete()) {
            throw refusal(report);
        }
        for (String name : report.loaded()) {
            float[] values = canonical.read(name);
            float[] array = target.apply(name);
            // the rows of the background, if there are more values than wanted, come first
            System.arraycopy(values, values.length - array.length, array, 0, array.length);
        }
        return report;
    }

    private LoadReport compare(CanonicalFile canonical, Map<String, int[]> wanted) {
        List<String> loaded = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        List<Mismatch> mismatched = new ArrayList<>();
        List<String> reinitialised = new ArrayList<>();
        List<String> dropped = new ArrayList<>();
        Set<String> classifier = classifier(wanted.keySet());
        wanted.forEach((name, dimensions) -> {
            List<Integer> shape = Arrays.stream(dimensions).boxed().toList();
            boolean ofClassifier = classifier.contains(name);
            if (!canonical.names().contains(name)) {
                (ofClassifier && replacesClassifier ? reinitialised : missing).add(name);
                return;
            }
            List<Integer> inFile = canonical.shape(name);
            boolean rowsDiffer = ofClassifier && sameButRows(inFile, shape);
            if (inFile.equals(shape)) {
                loaded.add(name);
            } else if (rowsDiffer && info.classOffset() > 0 && inFile.get(0) - info.classOffset() == shape.get(0)) {
                loaded.add(name);
                dropped.add(name);
            } else if (rowsDiffer && replacesClassifier) {
                reinitialised.add(name);
            } else {
                mismatched.add(new Mismatch(name, inFile, shape));
            }
        });
        List<String> unexpected = new ArrayList<>(canonical.unmapped());
        canonical.names().stream().filter(n -> !wanted.containsKey(n)).forEach(unexpected::add);
        return new LoadReport(file.file(), info, loaded, missing, unexpected, mismatched, reinitialised, dropped);
    }

    /** Weight and bias of the classifier that the model has. */
    private Set<String> classifier(Set<String> wanted) {
        for (String name : info.scheme().classifier()) {
            if (wanted.contains(name + ".weight")) {
                Set<String> both = new LinkedHashSet<>(List.of(name + ".weight", name + ".bias"));
                both.retainAll(wanted);
                return both;
            }
        }
        return Set.of();
    }

    private static boolean sameButRows(List<Integer> one, List<Integer> other) {
        return one.size() == other.size()
                && !one.isEmpty()
                && one.subList(1, one.size()).equals(other.subList(1, other.size()));
    }

    private WeightsException refusal(LoadReport report) {
        List<Mismatch> mismatched = report.mismatched();
        String place = mismatched.isEmpty()
                ? (report.missing().isEmpty() ? report.unexpected() : report.missing()).get(0)
                : mismatched.get(0).name();
        boolean onlyClasses = report.missing().isEmpty()
                && report.unexpected().isEmpty()
                && mismatched.stream().allMatch(m -> isClassifier(m.name()) && sameButRows(m.inFile(), m.wanted()));
        if (onlyClasses) {
            Mismatch first = mismatched.get(0);
            return new WeightsException(
                    file.file(),
                    place,
                    "has " + first.inFile().get(0) + " classes, the model wants "
                            + first.wanted().get(0) + " ("
                            + String.join(
                                    ", ",
                                    mismatched.stream().map(Mismatch::name).toList())
                            + "); only train replaces a classifier");
        }
        String hint = info.architecture().map(a -> "; the file looks like " + a).orElse("");
        return new WeightsException(
                file.file(), place, "does not fit the model: " + String.join(", ", report.differences()) + hint);
    }

    private boolean isClassifier(String name) {
        return info.scheme().classifier().stream()
                .anyMatch(c -> name.equals(c + ".weight") || name.equals(c + ".bias"));
    }
}
