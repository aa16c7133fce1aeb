package io.vertebra.app.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Rows of words under each other: the first column to the left, the others to the right. */
final class Columns {
    private static final String GAP = "  ";

    private final List<List<String>> rows = new ArrayList<>();

    void row(List<String> words) {
        rows.add(List.copyOf(words));
    }

    /** The rows, as wide as their longest words. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.size(); i++) {
                String blank = " ".repeat(width(i) - row.get(i).length());
                line.append(i == 0 ? row.get(i) + blank : GAP + blank + row.get(i));
            }
            lines.add(line.toString());
        }
        return lines;
    }

    private int width(int column) {
        return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
    }

    /** A share with four digits; a dash for one that is undefined, as NaN or -1. */
    static String share(double value) {
        return Double.isNaN(value) || value == -1 ? "-" : String.format(Locale.ROOT, "%.4f", value);
    }
}
