package io.vertebra.tasks.report;

import java.util.Locale;

/** Shares as people read them. */
public final class Percent {
    private Percent() {}

    /** {@code 12.3 %}; a dash for what cannot be said. */
    public static String of(double share) {
        return Double.isNaN(share) ? "–" : String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }
}
