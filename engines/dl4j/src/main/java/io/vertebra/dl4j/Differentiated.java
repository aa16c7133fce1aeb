package io.vertebra.dl4j;

import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.op.Input;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** What is differentiated: parameters that are trained, and all that lies between them and the outputs. */
final class Differentiated {
    private Differentiated() {}

    /** For each node; throws a {@code GraphException} if a parameter has no group. */
    static Map<Node, OperatorVertex.Wanted> of(Graph graph, Options options) {
        boolean[] differentiated = new boolean[graph.nodes().size()];
        Map<Node, OperatorVertex.Wanted> wanted = new HashMap<>();
        for (Node node : graph.nodes()) {
            List<String> trained = node.parameters().stream()
                    .filter(spec -> options.group(spec).trainable())
                    .map(spec -> spec.name().substring(spec.name().lastIndexOf('.') + 1))
                    .toList();
            List<Boolean> inputs = IntStream.range(0, node.inputs().size())
                    .mapToObj(i -> node.op().passesGradient(i)
                            && differentiated[node.inputs().get(i).index()])
                    .toList();
            boolean isPicture = node.name().equals(Input.PICTURES) && options.isForGradients();
            differentiated[node.index()] = !trained.isEmpty() || inputs.contains(true) || isPicture;
            wanted.put(node, new OperatorVertex.Wanted(inputs, Set.copyOf(trained)));
        }
        return wanted;
    }
}
