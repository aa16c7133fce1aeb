package io.vertebra.graph.plan;

import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.BatchNorm;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.Input;
import io.vertebra.graph.op.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a plan is for: the graph at known shapes, the form of its norms and dropouts, and what is differentiated.
 *
 * <p>A value needs a gradient if it depends on something that is trained and something that is differentiated depends on
 * it; nothing else is differentiated.
 */
public final class Form {
    private final Graph graph;
    private final List<Shape> shapes;
    private final boolean training;
    private final Set<String> trained;
    private final boolean[] needs;

    private Form(Graph graph, List<Shape> shapes, boolean training, Set<String> trained, boolean[] needs) {
        this.graph = graph;
        this.shapes = shapes;
        this.training = training;
        this.trained = trained;
        this.needs = needs;
    }

    /** Forward only, with running statistics. */
    public static Form inference(Graph graph, Map<String, Shape> inputs) {
        return new Form(
                graph,
                graph.shapes(inputs),
                false,
                Set.of(),
                new boolean[graph.nodes().size()]);
    }

    /**
     * Forward and backward.
     *
     * @param training whether norms take batch statistics and dropout acts
     * @param trained names of the parameters that get gradients
     * @param roots outputs whose gradients are given
     * @param ofInputs whether pictures get gradients
     */
    public static Form differentiated(
            Graph graph,
            Map<String, Shape> inputs,
            boolean training,
            Set<String> trained,
            Set<String> roots,
            boolean ofInputs) {
        boolean[] depends = new boolean[graph.nodes().size()];
        for (Node node : graph.nodes()) {
            boolean own = node.parameters().stream().anyMatch(p -> trained.contains(p.name()))
                    || (ofInputs && isPicture(node));
            depends[node.index()] = own || passing(node).stream().anyMatch(input -> depends[input.index()]);
        }
        boolean[] leads = new boolean[depends.length];
        roots.forEach(root -> leads[graph.output(root).index()] = true);
        for (int i = depends.length - 1; i >= 0; i--) {
            if (leads[i]) {
                passing(graph.nodes().get(i)).forEach(input -> leads[input.index()] = true);
            }
        }
        boolean[] needs = new boolean[depends.length];
        for (int i = 0; i < needs.length; i++) {
            needs[i] = depends[i] && leads[i];
        }
        return new Form(graph, graph.shapes(inputs), training, Set.copyOf(trained), needs);
    }

    /** The inputs into which a gradient flows back. */
    private static List<Node> passing(Node node) {
        List<Node> passing = new ArrayList<>();
        for (int i = 0; i < node.inputs().size(); i++) {
            if (node.op().passesGradient(i)) {
                passing.add(node.inputs().get(i));
            }
        }
        return passing;
    }

    /** Whether a node is the input that can be differentiated. */
    public static boolean isPicture(Node node) {
        return node.op() instanceof Input input
                && input.type() == DataType.F32
                && node.name().equals(Input.PICTURES);
    }

    /** The graph. */
    public Graph graph() {
        return graph;
    }

    /** The shape of a node's value. */
    public Shape shape(int value) {
        return shapes.get(value);
    }

    /** Whether dropout acts and norms that are not frozen take batch statistics. */
    public boolean isTraining() {
        return training;
    }

    /** Whether a value gets a gradient. */
    public boolean needsGradient(int value) {
        return needs[value];
    }

    /** Whether anything gets a gradient. */
    public boolean isDifferentiated() {
        for (boolean need : needs) {
            if (need) {
                return true;
            }
        }
        return false;
    }

    /** Whether a parameter gets a gradient in this plan. */
    public boolean trains(String parameter) {
        return trained.contains(parameter);
    }

    /** Whether a norm uses its running statistics. */
    public boolean usesRunningStatistics(BatchNorm norm) {
        return !training || norm.frozen();
    }
}
