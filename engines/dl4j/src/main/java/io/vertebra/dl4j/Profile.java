package io.vertebra.dl4j;

import io.vertebra.graph.Node;
import io.vertebra.graph.engine.Session;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/** Times of vertices over several passes. */
final class Profile {
    static final String FORWARD = "forward";
    static final String BACKWARD_DATA = "backward data";
    static final String BACKWARD_WEIGHTS = "backward weights";
    static final String UPDATE = "update";
    /** The implementation of what no operator of ND4J does. */
    static final String JAVA = "loop in Java";

    private static final double NANOS = 1e-6;

    private record Key(String name, String operator, String pass) {}

    private record Row(String implementation, Node node, List<Long> nanos) {}

    private final Map<Key, Row> rows = new LinkedHashMap<>();

    /** One run of one vertex. */
    void add(Node node, String pass, String implementation, long nanos) {
        add(new Key(node.name(), node.op().kind(), pass), node, implementation, nanos);
    }

    /** One update of all weights. */
    void addUpdate(String implementation, long nanos) {
        add(new Key("weights", UPDATE, UPDATE), null, implementation, nanos);
    }

    private void add(Key key, Node node, String implementation, long nanos) {
        rows.computeIfAbsent(key, k -> new Row(implementation, node, new ArrayList<>()))
                .nanos()
                .add(nanos);
    }

    /** The medians, in the order of the first pass. */
    List<Session.Timing> timings(ToLongFunction<Node> macs) {
        List<Session.Timing> timings = new ArrayList<>();
        rows.forEach((key, row) -> {
            List<Long> sorted = row.nanos().stream().sorted().toList();
            double median = (sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2.0;
            long count = row.node() == null ? 0 : macs.applyAsLong(row.node());
            timings.add(new Session.Timing(
                    key.name(), key.operator(), key.pass(), row.implementation(), median * NANOS, count));
        });
        return timings;
    }
}
