package io.vertebra.graph;

import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.AdaptiveAveragePool;
import io.vertebra.graph.op.Flatten;
import io.vertebra.graph.op.Input;
import io.vertebra.graph.op.Op;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** What can be said of a graph without running it: shapes, multiply-accumulates, memory, receptive fields. */
public final class Analysis {
    /** Functions that take some value twice, with another slope each time. */
    private static final Set<Activation.Function> BY_ARGUMENT =
            EnumSet.of(Activation.Function.SILU, Activation.Function.HARD_SWISH, Activation.Function.GELU);

    private final Graph graph;
    private final List<Shape> shapes;

    private Analysis(Graph graph, List<Shape> shapes) {
        this.graph = graph;
        this.shapes = shapes;
    }

    /** For inputs of these shapes, by name. */
    public static Analysis of(Graph graph, Map<String, Shape> inputShapes) {
        return new Analysis(graph, graph.shapes(inputShapes));
    }

    /** For a picture (N, C, H, W); other inputs are sized by it: labels (N), or (N, H, W) where a pixel has one; a picture has one object. */
    public static Analysis of(Graph graph, Shape image) {
        Map<String, Shape> inputs = new HashMap<>();
        for (Node node : graph.inputs()) {
            inputs.put(node.name(), node.name().equals(Input.PICTURES) ? image : sized(node.shape(), image));
        }
        return of(graph, inputs);
    }

    private static Shape sized(Shape input, Shape image) {
        Shape shape = Graph.withRows(input.with(0, image.n()));
        return shape.rank() == 3 && shape.get(1) == Shape.ANY && shape.get(2) == Shape.ANY
                ? Shape.of(image.n(), image.h(), image.w())
                : shape;
    }

    /** The shape of a node's value. */
    public Shape shape(Node node) {
        return shapes.get(node.index());
    }

    /** Multiply-accumulates of one pass forward: convolutions and linear layers, padded positions included. */
    public long macs() {
        return graph.nodes().stream().mapToLong(this::macs).sum();
    }

    /** Multiply-accumulates of one node. */
    public long macs(Node node) {
        return node.op().macs(node.inputs().stream().map(this::shape).toList());
    }

    /**
     * An estimate of the bytes that training needs: the values kept for the backward pass, two gradients of the largest,
     * and the parameters with gradient, momentum and two compute copies. An engine's plan knows the exact number.
     *
     * @param elementBytes 4 for fp32, 2 for bf16
     */
    public long trainingBytes(int elementBytes) {
        long kept = 0;
        long largest = 0;
        for (Node node : graph.nodes()) {
            long elements = shape(node).elements();
            largest = Math.max(largest, elements);
            kept += hasOwnMemory(node.op()) || keepsArgument(node.op()) ? elements : 0;
        }
        long perParameter = 3L * Float.BYTES + 2L * elementBytes;
        return (kept + 2 * largest) * elementBytes + graph.parameterCount() * perParameter;
    }

    /**
     * An estimate of the bytes that inference needs: the most values that are alive at once, and the parameters.
     *
     * @param elementBytes 4 for fp32, 2 for bf16
     */
    public long inferenceBytes(int elementBytes) {
        int[] lastUse = new int[graph.nodes().size()];
        graph.nodes().forEach(n -> n.inputs().forEach(i -> lastUse[owner(i).index()] = n.index()));
        graph.outputs().values().forEach(n -> lastUse[owner(n).index()] = Integer.MAX_VALUE);
        long alive = 0;
        long peak = 0;
        for (Node node : graph.nodes()) {
            alive += ownElements(node);
            peak = Math.max(peak, alive);
            for (Node earlier : graph.nodes().subList(0, node.index())) {
                alive -= lastUse[earlier.index()] == node.index() ? ownElements(earlier) : 0;
            }
        }
        long parameters =
                graph.parameters().stream().mapToLong(p -> p.shape().elements()).sum();
        return (peak + parameters) * elementBytes;
    }

    private long ownElements(Node node) {
        return hasOwnMemory(node.op()) ? shape(node).elements() : 0;
    }

    /** The node in whose memory a value lies. */
    private static Node owner(Node node) {
        return hasOwnMemory(node.op()) ? node : owner(node.inputs().get(0));
    }

    /** Activations are fused or in place, flattening is a view. */
    private static boolean hasOwnMemory(Op op) {
        return !(op instanceof Activation || op instanceof Flatten);
    }

    /** Whether a value that training keeps does not tell its slope: the argument is kept beside it. */
    private static boolean keepsArgument(Op op) {
        return op instanceof Activation activation && BY_ARGUMENT.contains(activation.function());
    }

    /** The rows and columns of the picture that one cell of a node's value can see, on the widest way to it. */
    public Size receptiveField(Node node) {
        int[] heights = new int[node.index() + 1];
        int[] widths = new int[node.index() + 1];
        Arrays.fill(heights, 1);
        Arrays.fill(widths, 1);
        for (Node n : graph.nodes().subList(0, node.index() + 1)) {
            for (Node input : read(n)) {
                Size window = window(n.op(), shape(input));
                int jump = input.reduction();
                heights[n.index()] =
                        Math.max(heights[n.index()], heights[input.index()] + (window.height() - 1) * jump);
                widths[n.index()] = Math.max(widths[n.index()], widths[input.index()] + (window.width() - 1) * jump);
            }
        }
        return new Size(heights[node.index()], widths[node.index()]);
    }

    private static List<Node> read(Node node) {
        return IntStream.range(0, node.inputs().size())
                .filter(node.op()::reads)
                .mapToObj(node.inputs()::get)
                .toList();
    }

    /** A cell of a flattened map is the whole map. */
    private static Size window(Op op, Shape input) {
        if (op instanceof AdaptiveAveragePool pool) {
            return new Size(
                    largestBin(input.h(), pool.grid().height()),
                    largestBin(input.w(), pool.grid().width()));
        }
        return op instanceof Flatten ? new Size(input.h(), input.w()) : op.window();
    }

    private static int largestBin(int cells, int bins) {
        int largest = 0;
        for (int i = 0; i < bins; i++) {
            int end = ((i + 1) * cells + bins - 1) / bins;
            largest = Math.max(largest, end - i * cells / bins);
        }
        return largest;
    }
}
