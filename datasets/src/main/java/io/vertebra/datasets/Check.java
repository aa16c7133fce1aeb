package io.vertebra.datasets;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;

/** Checks and defaults of config records; faults name the YAML key. */
public final class Check {

    private Check() {}

    /**
     * Requires a setting to hold.
     *
     * @param field the key in the YAML file, such as {@code cache_mib}
     * @throws IllegalArgumentException {@code field: reason} if it does not
     */
    public static void that(boolean holds, String field, String reason, Object... arguments) {
        if (!holds) {
            throw new IllegalArgumentException(field + ": " + String.format(Locale.ROOT, reason, arguments));
        }
    }

    /** Requires names to differ. */
    public static void distinct(String field, List<String> names) {
        that(new HashSet<>(names).size() == names.size(), field, "a name stands twice in %s", names);
    }

    /** The value, or the default where the file leaves it out. */
    public static <T> T or(T value, T byDefault) {
        return value == null ? byDefault : value;
    }
}
