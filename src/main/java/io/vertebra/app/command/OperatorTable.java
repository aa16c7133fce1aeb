package io.vertebra.app.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.vertebra.app.Console;
import io.vertebra.graph.engine.Session;
import java.util.List;

/** A profile beside both limits of a machine: how fast it multiplies, and how fast it moves bytes. */
final class OperatorTable {
    private static final String ROW = "  %-16s %-24s %-28s %s";

    private OperatorTable() {}

    /** A row an operator; nothing for none. */
    static void print(List<Session.Timing> rows, Console console) {
        if (!rows.isEmpty()) {
            console.result(("%9s %8s %8s" + ROW)
                    .formatted("ms", "GFLOP/s", "GB/s", "pass", "operator", "implementation", "name"));
        }
        for (Session.Timing r : rows) {
            console.result(("%9.3f %8.1f %8.1f" + ROW)
                    .formatted(
                            r.milliseconds(),
                            billions(2 * r.macs(), r),
                            billions(r.bytes(), r),
                            r.pass(),
                            r.operator(),
                            r.implementation(),
                            r.name()));
        }
    }

    /** Billions of these a second. */
    private static double billions(long count, Session.Timing row) {
        return row.milliseconds() > 0 ? count / row.milliseconds() / 1e6 : 0;
    }

    /** An object an operator. */
    static ArrayNode json(List<Session.Timing> rows) {
        ArrayNode operators = JsonNodeFactory.instance.arrayNode();
        rows.forEach(r -> operators
                .addObject()
                .put("name", r.name())
                .put("operator", r.operator())
                .put("pass", r.pass())
                .put("implementation", r.implementation())
                .put("ms", r.milliseconds())
                .put("macs", r.macs())
                .put("bytes", r.bytes()));
        return operators;
    }
}
