package io.vertebra.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertebra.graph.engine.Session;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A profile in few rows: milliseconds by operator and pass, and the slowest calls. */
final class Profile {
    private static final int SLOWEST = 12;

    private Profile() {}

    /**
     * Adds both to a JSON object.
     *
     * @param joins names of concatenations, whose copies the engine makes by reorders without another layout
     */
    static void condense(List<Session.Timing> rows, Set<String> joins, ObjectNode json) {
        json.put(
                "milliseconds",
                rows.stream().mapToDouble(Session.Timing::milliseconds).sum());
        Map<String, Map<String, Double>> sums = new TreeMap<>();
        for (Session.Timing row : rows) {
            sums.computeIfAbsent(joins.contains(row.name()) ? "concat" : row.operator(), o -> new TreeMap<>())
                    .merge(row.pass(), row.milliseconds(), Double::sum);
        }
        ObjectNode operators = json.putObject("operators");
        sums.forEach((operator, passes) -> {
            ObjectNode node = operators.putObject(operator);
            passes.forEach(node::put);
        });
        ArrayNode slowest = json.putArray("slowest");
        rows.stream()
                .sorted(Comparator.comparingDouble(Session.Timing::milliseconds).reversed())
                .limit(SLOWEST)
                .forEach(row -> slowest.addObject()
                        .put("name", row.name())
                        .put("operator", row.operator())
                        .put("pass", row.pass())
                        .put("implementation", row.implementation())
                        .put("milliseconds", row.milliseconds())
                        .put("macs", row.macs()));
    }
}
