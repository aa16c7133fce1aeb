package io.vertebra.graph;

import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.AdaptiveAveragePool;
import io.vertebra.graph.op.Add;
import io.vertebra.graph.op.AveragePool;
import io.vertebra.graph.op.BatchNorm;
import io.vertebra.graph.op.ChannelSelect;
import io.vertebra.graph.op.ChannelShuffle;
import io.vertebra.graph.op.Concat;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.DropPath;
import io.vertebra.graph.op.Dropout;
import io.vertebra.graph.op.Flatten;
import io.vertebra.graph.op.GroupNorm;
import io.vertebra.graph.op.Initializer;
import io.vertebra.graph.op.Input;
import io.vertebra.graph.op.L2Norm;
import io.vertebra.graph.op.LayerNorm;
import io.vertebra.graph.op.LayerScale;
import io.vertebra.graph.op.Linear;
import io.vertebra.graph.op.LocalResponseNorm;
import io.vertebra.graph.op.MapRows;
import io.vertebra.graph.op.MaxPool;
import io.vertebra.graph.op.Multiply;
import io.vertebra.graph.op.Op;
import io.vertebra.graph.op.Pad;
import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.Resize;
import io.vertebra.graph.op.RoiAlign;
import io.vertebra.graph.op.RoiPool;
import io.vertebra.graph.op.ScaledAdd;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import io.vertebra.graph.op.Slice;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import io.vertebra.graph.op.WeightedSum;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Puts a graph together, node by node.
 *
 * <p>{@code in("layer1", 0)} gives a builder of the same graph whose names begin with {@code layer1.0.}, so that the full
 * name of a parameter is its name in the published state dict. Layers with parameters are named by the caller; others get
 * the name of their operator. Not safe for several threads.
 */
public final class GraphBuilder {
    private static final double NORM_EPSILON = 1e-5;
    private static final double NORM_MOMENTUM = 0.1;
    private static final double L2_EPSILON = 1e-12;

    private final Conventions conventions;
    private final NodeList nodes;
    private final String scope;
    private final Style style;

    private GraphBuilder(Conventions conventions, NodeList nodes, String scope, Style style) {
        this.conventions = conventions;
        this.nodes = nodes;
        this.scope = scope;
        this.style = style;
    }

    /** An empty graph with the default conventions. */
    public GraphBuilder() {
        this(Conventions.DEFAULT);
    }

    /** An empty graph. */
    public GraphBuilder(Conventions conventions) {
        this(conventions, new NodeList(), "", Style.OWN);
    }

    /** The same graph, with names below these scopes: {@code in("layer1", 0)} is {@code layer1.0}. */
    public GraphBuilder in(Object... scopes) {
        StringBuilder path = new StringBuilder(scope);
        for (Object part : scopes) {
            path.append(path.length() == 0 ? "" : ".").append(part);
        }
        return new GraphBuilder(conventions, nodes, path.toString(), style);
    }

    /** The same graph and scope, with other norms and nonlinearities in place of those that are asked for. */
    public GraphBuilder styled(Style other) {
        return new GraphBuilder(conventions, nodes, scope, other);
    }

    /** The picture (N, channels, H, W); a side may be {@link Shape#ANY}. Its name is {@code input}. */
    public Node image(int channels, int height, int width) {
        return input(Input.PICTURES, DataType.F32, Shape.of(Shape.ANY, channels, height, width));
    }

    /** A tensor that the caller hands in under this name, whatever the scope. */
    public Node input(String name, DataType type, Shape shape) {
        return nodes.append(name, name, new Input(type, shape), List.of());
    }

    /** A convolution. */
    public Node conv(String name, Node x, Conv conv) {
        return named(name, conv.op(conventions), x);
    }

    /** A linear layer with bias, initialised as PyTorch does: uniform within ±1/√C. */
    public Node linear(String name, Node x, int out) {
        return linear(name, x, out, new Initializer.Uniform(1));
    }

    /** A linear layer with bias. */
    public Node linear(String name, Node x, int out, Initializer initializer) {
        return named(name, new Linear(out, true, initializer), x);
    }

    /** Batch norm with ε 1e-5 and momentum 0.1. */
    public Node batchNorm(String name, Node x) {
        return batchNorm(name, x, NORM_EPSILON, 1);
    }

    /** Batch norm whose scale begins at a value: 0 for the last norm of a residual branch. */
    public Node batchNorm(String name, Node x, double initialScale) {
        return batchNorm(name, x, NORM_EPSILON, initialScale);
    }

    /** Batch norm with a family's own ε. */
    public Node batchNorm(String name, Node x, double epsilon, double initialScale) {
        return batchNorm(name, x, new BatchNorm(epsilon, NORM_MOMENTUM, false, initialScale));
    }

    /** Batch norm as the family has it; conventions and style may change it. */
    public Node batchNorm(String name, Node x, BatchNorm op) {
        return named(name, style.norm(conventions.apply(op), x.channels()), x);
    }

    /** Layer norm over the channels of every cell. */
    public Node layerNorm(String name, Node x, double epsilon) {
        return named(name, new LayerNorm(epsilon), x);
    }

    /** Group norm. */
    public Node groupNorm(String name, Node x, GroupNorm op) {
        return named(name, op, x);
    }

    /** ReLU. */
    public Node relu(Node x) {
        return activation(Activation.Function.RELU, x);
    }

    /** ReLU6. */
    public Node relu6(Node x) {
        return activation(Activation.Function.RELU6, x);
    }

    /** A function of each element. */
    public Node activation(Activation.Function function, Node x) {
        Activation.Function used = style.activation(function);
        return unnamed(used.name().toLowerCase(java.util.Locale.ROOT), new Activation(used), x);
    }

    /** Max pooling with equal padding on all sides. */
    public Node maxPool(Node x, int kernel, int stride, int padding) {
        return maxPool(x, new MaxPool(Size.of(kernel), Size.of(stride), Padding.of(padding), false));
    }

    /** Max pooling. */
    public Node maxPool(Node x, MaxPool op) {
        return unnamed("max_pool", op, x);
    }

    /** Average pooling. */
    public Node averagePool(Node x, AveragePool op) {
        return unnamed("average_pool", op, x);
    }

    /** The mean over height and width: (N, C, H, W) → (N, C). */
    public Node globalAveragePool(Node x) {
        return flatten(adaptiveAveragePool(x, Size.of(1)));
    }

    /** Average pooling to a fixed grid. */
    public Node adaptiveAveragePool(Node x, Size grid) {
        return unnamed("adaptive_average_pool", new AdaptiveAveragePool(grid), x);
    }

    /** a + b. */
    public Node add(Node a, Node b) {
        return unnamed("add", new Add(), a, b);
    }

    /** One value and another scaled by a fixed number: {@code a + factor · b}. */
    public Node scaledAdd(Node a, double factor, Node b) {
        return unnamed("scaled_add", new ScaledAdd(factor), a, b);
    }

    /** What is left of one value without another. */
    public Node subtract(Node a, Node b) {
        return unnamed("subtract", new ScaledAdd(-1), a, b);
    }

    /** A map times a gate of its shape, or one (N, C, 1, 1). */
    public Node multiply(Node x, Node gate) {
        return unnamed("multiply", new Multiply(), x, gate);
    }

    /** A map times {@code gamma}, a parameter of this builder's scope itself, as ConvNeXt names it. */
    public Node layerScale(Node x, double initial) {
        return nodes.append(scope, scope, new LayerScale(initial), List.of(x));
    }

    /** Channels of several groups dealt out in turn. */
    public Node channelShuffle(Node x, int groups) {
        return unnamed("channel_shuffle", new ChannelShuffle(groups), x);
    }

    /** As many channels as {@code index}, a parameter of this builder's scope itself, names: as CondenseNet names it. */
    public Node channelSelect(Node x, int channels) {
        return nodes.append(scope, scope, new ChannelSelect(channels), List.of(x));
    }

    /** The channels {@code from} to {@code to} − 1. */
    public Node slice(Node x, int from, int to) {
        return unnamed("slice", new Slice(from, to), x);
    }

    /** Channels side by side. */
    public Node concat(Node... parts) {
        return unnamed("concat", new Concat(), parts);
    }

    /** Zeros around a map. */
    public Node pad(Node x, Pad op) {
        return unnamed("pad", op, x);
    }

    /** (N, C, H, W) → (N, C·H·W). */
    public Node flatten(Node x) {
        return unnamed("flatten", new Flatten(), x);
    }

    /** Dropout; nothing at rate 0. */
    public Node dropout(Node x, double rate) {
        return rate == 0 ? x : unnamed("dropout", new Dropout(rate), x);
    }

    /** Stochastic depth; nothing at rate 0. */
    public Node dropPath(Node x, double rate) {
        return rate == 0 ? x : unnamed("drop_path", new DropPath(rate), x);
    }

    /** Cross entropy of logits and labels, a scalar. */
    public Node softmaxCrossEntropy(Node logits, Node labels, SoftmaxCrossEntropy op) {
        return unnamed("softmax_cross_entropy", op, logits, labels);
    }

    /** A map at the size of another one. */
    public Node resize(Node x, Node like, Resize.Filter filter, boolean alignCorners) {
        return unnamed("resize", new Resize(filter, alignCorners), x, like);
    }

    /** Cells scaled to length 1, then by {@code scale_weight}, a parameter of this builder's scope itself, as SSD names it. */
    public Node l2Norm(Node x, double initialScale) {
        return nodes.append(scope, scope, new L2Norm(L2_EPSILON, initialScale), List.of(x));
    }

    /** Values divided by a power of what their neighbours along the channels hold. */
    public Node localResponseNorm(Node x, LocalResponseNorm op) {
        return apply(op, x);
    }

    /** A map of A·K channels as rows of K columns: (N, A·K, H, W) → (N, H·W·A, K). */
    public Node mapRows(Node x, int columns) {
        return unnamed("map_rows", new MapRows(columns), x);
    }

    /** Σ w·x of scalars, such as losses. */
    public Node weightedSum(List<Node> scalars, List<Double> weights) {
        return unnamed("weighted_sum", new WeightedSum(weights), scalars.toArray(Node[]::new));
    }

    /** The features of regions (R, 5), sampled bilinearly. */
    public Node roiAlign(Node x, Node rois, RoiAlign op) {
        return roiAlign(List.of(x), rois, op);
    }

    /** The features of regions (R, 5), each sampled from the level of a pyramid that suits it. */
    public Node roiAlign(List<Node> levels, Node rois, RoiAlign op) {
        List<Node> inputs = new ArrayList<>(levels);
        inputs.add(rois);
        return apply(op, inputs.toArray(Node[]::new));
    }

    /** The features of regions (R, 5), the largest of each bin. */
    public Node roiPool(Node x, Node rois, RoiPool op) {
        return unnamed("roi_pool", op, x, rois);
    }

    /** A loss or another operator of several values, named after its kind. */
    public Node apply(Op op, Node... inputs) {
        return unnamed(op.kind(), op, inputs);
    }

    /** Any operator under a name of its own: the door for rewrites, readers and tests. */
    public Node named(String name, Op op, Node... inputs) {
        String full = scope.isEmpty() ? name : scope + "." + name;
        return nodes.append(full, full, op, List.of(inputs));
    }

    /**
     * The operator of a node on another input, with the same parameters: a head that is the same for every level of a
     * pyramid.
     */
    public Node again(Node node, Node x) {
        nodes.require(node);
        return nodes.append(nodes.unused(node.name()), node.scope(), node.op(), List.of(x));
    }

    /** Makes the value of a node an output under a name, whatever the scope; the order of the calls is kept. */
    public void output(String name, Node node) {
        nodes.output(name, node);
    }

    /** The outputs so far, by name. */
    public Map<String, Node> outputs() {
        return nodes.outputs();
    }

    /** The finished graph, without the nodes that no output needs. */
    public Graph build() {
        return Graph.of(nodes.outputs());
    }

    private Node unnamed(String kind, Op op, Node... inputs) {
        String name = nodes.unused(scope.isEmpty() ? kind : scope + "." + kind);
        return nodes.append(name, name, op, List.of(inputs));
    }
}
