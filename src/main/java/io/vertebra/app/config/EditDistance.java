package io.vertebra.app.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** How far apart two names are: insertions, deletions, replacements and swaps of neighbours (Damerau 1964, restricted form). */
public final class EditDistance {
    /** Fewer letters are a beginning of too much. */
    private static final int SHORTEST_BEGINNING = 3;

    private EditDistance() {}

    /** The number of single-character edits that turn one name into the other. */
    public static int between(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int replaced = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                d[i][j] = Math.min(replaced, 1 + Math.min(d[i - 1][j], d[i][j - 1]));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }

    /**
     * The name that was probably meant: the nearest that goes on where the given one ends, or else in which at most a third of the
     * letters differ; case does not count.
     */
    public static Optional<String> nearest(String name, Collection<String> names) {
        String wanted = name.toLowerCase(Locale.ROOT);
        if (wanted.length() > 64) {
            return Optional.empty();
        }
        return names.stream()
                .filter(n -> goesOn(wanted, n) || distance(wanted, n) <= Math.max(1, n.length() / 3))
                .min(Comparator.comparing((String n) -> !goesOn(wanted, n))
                        .thenComparingInt(n -> distance(wanted, n))
                        .thenComparing(n -> n));
    }

    private static boolean goesOn(String wanted, String name) {
        return wanted.length() >= SHORTEST_BEGINNING
                && name.toLowerCase(Locale.ROOT).startsWith(wanted);
    }

    private static int distance(String wanted, String name) {
        return between(wanted, name.toLowerCase(Locale.ROOT));
    }

    /** {@code (nearest: x)} where a name is near, else {@code (known: a, b, c)}; long lists are cut. */
    public static String hint(String name, Collection<String> names) {
        return nearest(name, names)
                .map(n -> "(nearest: " + n + ")")
                .orElseGet(() -> names.isEmpty()
                        ? "(there are none)"
                        : "(known: " + known(names.stream().sorted().toList()) + ")");
    }

    private static String known(java.util.List<String> names) {
        int shown = Math.min(20, names.size());
        return String.join(", ", names.subList(0, shown)) + (shown < names.size() ? ", ..." : "");
    }
}
