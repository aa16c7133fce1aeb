package io.vertebra.datasets.formats.coco;

import io.vertebra.datasets.lint.Faults;
import java.util.ArrayList;
import java.util.List;

/** What is wrong with one entry, kept until its id, which may come last, is known. */
final class CocoProblems {

    private final List<String> errors = new ArrayList<>(0);
    private final List<String> warnings = new ArrayList<>(0);

    void clear() {
        errors.clear();
        warnings.clear();
    }

    void error(String reason) {
        errors.add(reason);
    }

    void warning(String reason) {
        warnings.add(reason);
    }

    boolean isEmpty() {
        return errors.isEmpty() && warnings.isEmpty();
    }

    /** Whether an error begins with this key. */
    boolean mention(String key) {
        return errors.stream().anyMatch(reason -> reason.startsWith(key + " "));
    }

    /** Tells all; whether the entry can be used. */
    boolean tell(Faults faults, String position) {
        errors.forEach(reason -> faults.error(position, reason));
        warnings.forEach(reason -> faults.warning(position, reason));
        return errors.isEmpty();
    }
}
