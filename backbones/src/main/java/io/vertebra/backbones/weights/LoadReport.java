package io.vertebra.backbones.weights;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What became of a file's tensors and a model's parameters when one was loaded into the other. Names are canonical, those of {@code unexpected} that no rule
 * is for are the file's own.
 *
 * @param file the weight file
 * @param scheme what its names told
 * @param loaded parameters that have the file's values (or those that stand for a folded norm)
 * @param missing parameters that the file does not have
 * @param unexpected tensors that the model does not want
 * @param mismatched parameters whose shape differs
 * @param reinitialised classifier's parameters that were left alone because the classes differ
 * @param backgroundDropped classifier's parameters from which the background's rows were left out
 * @param leftOut tensors of a head that the model does not have: a backbone's own classifier, an auxiliary head
 * @param adapted parameters whose filters of RGB pictures were made to fit pictures of other channels
 */
public record LoadReport(
        Path file,
        SchemeInfo scheme,
        List<String> loaded,
        List<String> missing,
        List<String> unexpected,
        List<Mismatch> mismatched,
        List<String> reinitialised,
        List<String> backgroundDropped,
        List<String> leftOut,
        List<String> adapted) {

    private static final int SHOWN = 3;
    private static final int MANY = 12;

    /** Two shapes under one name. */
    public record Mismatch(String name, List<Integer> inFile, List<Integer> wanted) {
        @Override
        public String toString() {
            return name + " has shape " + inFile + ", the model wants " + wanted;
        }
    }

    /** Keeps copies. */
    public LoadReport {
        loaded = List.copyOf(loaded);
        missing = List.copyOf(missing);
        unexpected = List.copyOf(unexpected);
        mismatched = List.copyOf(mismatched);
        reinitialised = List.copyOf(reinitialised);
        backgroundDropped = List.copyOf(backgroundDropped);
        leftOut = List.copyOf(leftOut);
        adapted = List.copyOf(adapted);
    }

    /** Whether every parameter got its values and every tensor had a place. */
    public boolean isComplete() {
        return missing.isEmpty() && unexpected.isEmpty() && mismatched.isEmpty();
    }

    /** One line for people. */
    public String summary() {
        List<String> parts = new ArrayList<>(List.of(loaded.size() + " parameters loaded"));
        parts.addAll(differences());
        if (!reinitialised.isEmpty()) {
            parts.add((reinitialised.size() > MANY ? "head initialised (" : "classifier re-initialised (")
                    + (reinitialised.size() > MANY
                            ? reinitialised.size() + " parameters: " + first(reinitialised)
                            : String.join(", ", reinitialised))
                    + ")");
        }
        if (!adapted.isEmpty()) {
            parts.add("filters of RGB adapted to the picture's channels (" + first(adapted) + ")");
        }
        if (!backgroundDropped.isEmpty()) {
            parts.add("background class dropped");
        }
        if (!leftOut.isEmpty()) {
            parts.add(leftOut.size() + " of a head that the model does not have left out (" + first(leftOut) + ")");
        }
        return file + ": " + scheme.summary() + "; " + String.join(", ", parts);
    }

    /** Counts with the first names, for what does not fit. */
    List<String> differences() {
        List<String> parts = new ArrayList<>();
        if (!mismatched.isEmpty()) {
            parts.add(mismatched.size() + " mismatched (" + mismatched.get(0) + (mismatched.size() > 1 ? ", ..." : "")
                    + ")");
        }
        if (!missing.isEmpty()) {
            parts.add(missing.size() + " missing (" + first(missing) + ")");
        }
        if (!unexpected.isEmpty()) {
            parts.add(unexpected.size() + " unexpected (" + first(unexpected) + ")");
        }
        return parts;
    }

    /** A few names, for a message. */
    static String first(List<String> names) {
        return String.join(", ", names.subList(0, Math.min(SHOWN, names.size())))
                + (names.size() > SHOWN ? ", ..." : "");
    }
}
