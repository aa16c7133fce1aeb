package io.vertebra.heads;

import io.vertebra.backbones.Shared;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The tables of published counts: a row is a map from column to text. */
public final class Tables {
    private Tables() {}

    /** The rows of a table of {@code shared/anchors}. */
    public static List<Map<String, String>> read(String name) {
        try {
            List<String> lines = Files.readAllLines(Shared.path("anchors/" + name));
            String[] columns = lines.get(0).split("\t", -1);
            List<Map<String, String>> rows = new ArrayList<>();
            for (String line : lines.subList(1, lines.size())) {
                String[] cells = line.split("\t", -1);
                Map<String, String> row = new LinkedHashMap<>();
                for (int i = 0; i < columns.length; i++) {
                    row.put(columns[i], cells[i]);
                }
                rows.add(row);
            }
            return rows;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A cell of entries {@code key:number;...}. */
    public static Map<String, Long> numbers(String cell) {
        Map<String, Long> numbers = new LinkedHashMap<>();
        for (String entry : cell.isEmpty() ? new String[0] : cell.split(";", -1)) {
            int colon = entry.lastIndexOf(':');
            numbers.put(entry.substring(0, colon), Long.valueOf(entry.substring(colon + 1)));
        }
        return numbers;
    }
}
