package io.vertebra.graph.contract;

import io.vertebra.graph.Conventions;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.BatchNorm;
import io.vertebra.graph.op.DropPath;
import io.vertebra.graph.op.Dropout;
import io.vertebra.graph.op.Shape;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;

/**
 * A small graph with seeded inputs, parameters and output gradients, and how exactly an engine must run it.
 *
 * <p>The numbers depend on the case's name only. For BF16 the inputs and parameters are themselves bf16 numbers, so that
 * what is measured is the engine's arithmetic and not the rounding of what it was given.
 */
public final class OperatorCase {
    private final String name;
    private final Graph graph;
    private final Shape image;
    private final Map<String, UnaryOperator<Tensor>> changes;
    private final Map<Precision, Tolerance> tolerances;

    private OperatorCase(
            String name,
            Graph graph,
            Shape image,
            Map<String, UnaryOperator<Tensor>> changes,
            Map<Precision, Tolerance> tolerances) {
        this.name = name;
        this.graph = graph;
        this.image = image;
        this.changes = Map.copyOf(changes);
        this.tolerances = tolerances;
    }

    /** A graph over pictures of a fixed size; the body names its outputs. */
    static OperatorCase of(String name, Shape image, BiConsumer<GraphBuilder, Node> body) {
        GraphBuilder g = new GraphBuilder();
        body.accept(g, g.image(image.c(), image.h(), image.w()));
        return new OperatorCase(name, g.build(), image, Map.of(), new EnumMap<>(Precision.class));
    }

    /** A graph whose height and width are known only from the batch. */
    static OperatorCase ofAnySize(
            String name, Shape image, Conventions conventions, BiConsumer<GraphBuilder, Node> body) {
        GraphBuilder g = new GraphBuilder(conventions);
        body.accept(g, g.image(image.c(), Shape.ANY, Shape.ANY));
        return new OperatorCase(name, g.build(), image, Map.of(), new EnumMap<>(Precision.class));
    }

    /** The same with other pictures: what the function makes of the usual ones, which are normal. */
    OperatorCase withPictures(UnaryOperator<Tensor.Floats> change) {
        return withInput("input", picture -> change.apply((Tensor.Floats) picture));
    }

    /** The same with other values of an input: what the function makes of the usual ones. */
    OperatorCase withInput(String input, UnaryOperator<Tensor> change) {
        Map<String, UnaryOperator<Tensor>> more = new LinkedHashMap<>(changes);
        more.put(input, change);
        return new OperatorCase(name, graph, image, more, tolerances);
    }

    /** The same with one label everywhere. */
    OperatorCase withLabel(String input, int label) {
        return withInput(input, labels -> {
            int[] data = new int[(int) labels.shape().elements()];
            Arrays.fill(data, label);
            return new Tensor.Ints(labels.shape(), data);
        });
    }

    /** The same with another tolerance in a precision. */
    OperatorCase within(Precision precision, double outputs, double gradients, String reason) {
        Map<Precision, Tolerance> changed = new EnumMap<>(Precision.class);
        changed.putAll(tolerances);
        changed.put(precision, new Tolerance(outputs, gradients, reason));
        return new OperatorCase(name, graph, image, changes, changed);
    }

    /** What it is called. */
    public String name() {
        return name;
    }

    /** What is run. */
    public Graph graph() {
        return graph;
    }

    /** Whether training form computes anything else than inference form: without such a node the second is the first again. */
    public boolean hasTwoForms() {
        return graph.nodes().stream()
                .map(Node::op)
                .anyMatch(op -> (op instanceof BatchNorm norm && !norm.frozen())
                        || op instanceof Dropout
                        || op instanceof DropPath);
    }

    /** How exactly. */
    public Tolerance tolerance(Precision precision) {
        // what is hard for 8 bits of mantissa is hard for 11
        Precision stated =
                precision == Precision.TF32 && tolerances.containsKey(Precision.BF16) ? Precision.BF16 : precision;
        return tolerances.getOrDefault(stated, Tolerance.usual(precision));
    }

    /** Its parameters. */
    public Parameters parameters(Precision precision) {
        return Fill.parameters(graph, precision, random(1));
    }

    /** Its inputs. */
    public Batch batch(Precision precision) {
        Batch filled = Fill.batch(graph, image, precision, random(2));
        Map<String, Tensor> inputs = new LinkedHashMap<>(filled.inputs());
        changes.forEach((input, change) -> inputs.computeIfPresent(input, (n, usual) -> change.apply(usual)));
        inputs.computeIfPresent("input", (n, picture) -> Fill.rounded((Tensor.Floats) picture, precision));
        return new Batch(inputs);
    }

    /** Gradients of all outputs. */
    public Map<String, Tensor.Floats> outputGradients(Precision precision) {
        SplittableRandom random = random(3);
        Map<String, Tensor.Floats> gradients = new LinkedHashMap<>();
        graph.outputs().forEach((output, node) -> {
            Shape shape = graph.shapes(batch(precision).shapes()).get(node.index());
            gradients.put(output, Fill.normal(shape, precision, random));
        });
        return gradients;
    }

    private SplittableRandom random(int purpose) {
        return new SplittableRandom(31L * name.hashCode() + purpose);
    }

    @Override
    public String toString() {
        return name;
    }
}
