package io.vertebra.app.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Metrics as the commands print them: one below the other, or in JSON. */
final class Figures {
    private static final int WIDTH = 8;

    private Figures() {}

    /** A line for each; the values stand below each other. */
    static List<String> lines(Map<String, Double> metrics) {
        int width = metrics.keySet().stream().mapToInt(String::length).reduce(WIDTH, Math::max);
        return metrics.entrySet().stream()
                .map(e -> String.format(Locale.ROOT, "%-" + width + "s %.4f", e.getKey(), e.getValue()))
                .toList();
    }

    /** Adds them to an object; what is no number, such as a mean over nothing, is null: JSON has no word for it. */
    static void put(ObjectNode object, Map<String, Double> metrics) {
        metrics.forEach((name, value) -> object.put(name, Double.isFinite(value) ? value : null));
    }
}
