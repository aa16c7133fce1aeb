package io.vertebra.graph.contract;

import io.vertebra.graph.Conv;
import io.vertebra.graph.Conventions;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.engine.Groups;
import io.vertebra.graph.engine.Optimizer;
import io.vertebra.graph.engine.Update;
import io.vertebra.graph.op.Activation.Function;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.ParameterSpec;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Every way to change weights, over one small residual network. */
public final class TrainingCases {
    private static final int CLASSES = 5;
    private static final Shape IMAGE = Shape.of(6, 3, 10, 9);
    private static final Optimizer PLAIN = new Optimizer.Sgd(0, false);
    private static final Optimizer MOMENTUM = new Optimizer.Sgd(0.9, false);
    private static final Optimizer NESTEROV = new Optimizer.Sgd(0.9, true);

    /** A larger ε than usual: 1e-8 makes a full step of what rounding leaves of a gradient that is nothing. */
    private static final Optimizer ADAM_W = new Optimizer.AdamW(0.9, 0.999, 1e-3);

    private TrainingCases() {}

    /** Every case. */
    public static List<TrainingCase> all() {
        return Stream.concat(usual().stream(), SharedTrainingCases.all().stream())
                .toList();
    }

    private static List<TrainingCase> usual() {
        return List.of(
                smooth("sgd", Update.of(PLAIN)),
                withoutDecay(),
                smooth("momentum", Update.of(MOMENTUM)),
                smooth("nesterov", Update.of(NESTEROV)),
                smooth("adamw", Update.of(ADAM_W)),
                accumulating("momentum, 2 batches", Update.of(MOMENTUM), 2),
                accumulating("adamw, 3 batches", Update.of(ADAM_W), 3),
                smooth("clipped", new Update(MOMENTUM, 0.3, 0)),
                smooth("clip far away", new Update(NESTEROV, 1000, 0)),
                smooth("moving average", new Update(PLAIN, 0, 0.75)),
                accumulating("adamw, clipped, 2 batches, moving average", new Update(ADAM_W, 0.3, 0.9), 2),
                accumulating("nesterov, clipped, 2 batches, moving average", new Update(NESTEROV, 0.3, 0.9), 2),
                frozen("frozen below", name -> name.startsWith("conv0") || name.startsWith("bn0")),
                frozen("frozen in the middle", name -> name.startsWith("conv1") || name.startsWith("bn1")),
                frozen("frozen above", name -> name.startsWith("fc")),
                frozen("norm parameters frozen", name -> name.startsWith("bn")),
                frozen("all but the last bias frozen", name -> !name.equals("fc.bias")),
                rates(),
                frozenNorms(),
                with("relu and max pooling", kinked(), new Update(MOMENTUM, 0, 0.5), 1, true),
                with("soft labels", softLabels(), Update.of(MOMENTUM), 1, false),
                beside(),
                dense(
                        "segmentation",
                        (g, x) -> DenseGraphs.segmentation(g, x, Function.SILU, false, DenseGraphs.PIXELS)),
                dense("pyramid pooling", (g, x) -> DenseGraphs.pyramid(g, x, Function.SILU, false)),
                dense("detection", (g, x) -> DenseGraphs.detection(g, x, Function.SILU, DenseGraphs.HARD_NEGATIVES)),
                dense("two heads", (g, x) -> DenseGraphs.joint(g, x, Function.SILU)),
                modern("gates", ModernGraphs::mobile, new Update(MOMENTUM, 0, 0.5), 2, true),
                modern("layer norms and scales", ModernGraphs::convNext, new Update(ADAM_W, 1, 0.5), 1, false),
                modern("shuffles", ModernGraphs::shuffled, Update.of(NESTEROV), 1, false),
                modern("selections", ModernGraphs::condensed, new Update(MOMENTUM, 0, 0.9), 2, false),
                modern("group norms", ModernGraphs::grouped, Update.of(MOMENTUM), 1, false),
                modern("operators on the picture", ModernGraphs::onThePicture, Update.of(MOMENTUM), 1, false),
                modern("gates frozen", ModernGraphs::mobile, name -> name.contains("se."), true),
                modern("all but gates frozen", ModernGraphs::mobile, name -> !name.contains("se."), true),
                modern(
                        "norms and scales frozen",
                        ModernGraphs::convNext,
                        name -> name.contains("norm") || name.endsWith("gamma"),
                        false),
                modern(
                        "frozen below shuffles",
                        ModernGraphs::shuffled,
                        name -> name.startsWith("stem.") || name.startsWith("0."),
                        false));
    }

    /** One case. */
    public static TrainingCase named(String name) {
        return all().stream().filter(c -> c.name().equals(name)).findFirst().orElseThrow();
    }

    private static TrainingCase smooth(String name, Update update) {
        return accumulating(name, update, 1);
    }

    private static TrainingCase accumulating(String name, Update update, int microBatches) {
        return with(name, residual(Conventions.DEFAULT), update, microBatches, false);
    }

    private static TrainingCase with(String name, Graph graph, Update update, int microBatches, boolean kinked) {
        return new TrainingCase(name, graph, IMAGE, update, Groups.all(graph, 0.05), microBatches, kinked);
    }

    private static TrainingCase frozen(String name, Predicate<String> frozen) {
        Graph graph = residual(Conventions.DEFAULT);
        return new TrainingCase(name, graph, IMAGE, new Update(MOMENTUM, 1, 0.5), frozen(graph, frozen), 1, false);
    }

    private static TrainingCase withoutDecay() {
        Graph graph = residual(Conventions.DEFAULT);
        return new TrainingCase("sgd without decay", graph, IMAGE, Update.of(PLAIN), Groups.all(graph, 0), 1, false);
    }

    private static TrainingCase rates() {
        Graph graph = residual(Conventions.DEFAULT);
        Groups groups = Groups.of(graph, TrainingCases::byDepth);
        return new TrainingCase("rates by depth", graph, IMAGE, Update.of(ADAM_W), groups, 1, false);
    }

    private static Groups.Group byDepth(ParameterSpec spec) {
        double factor = spec.name().contains("0") ? 0.1 : spec.name().contains("1") ? 0.5 : 1;
        return new Groups.Group(factor, spec.kind() == ParameterSpec.Kind.WEIGHT ? 0.2 : 0.01, true);
    }

    private static TrainingCase frozenNorms() {
        Graph graph = residual(Conventions.DEFAULT.withFrozenNorm());
        return with("frozen norms", graph, new Update(MOMENTUM, 0, 0.5), 2, false);
    }

    private static TrainingCase dense(String name, BiConsumer<GraphBuilder, Node> body) {
        GraphBuilder g = new GraphBuilder();
        body.accept(g, g.image(3, 17, 14));
        Graph graph = g.build();
        Update update = new Update(MOMENTUM, 2, 0.5);
        return new TrainingCase(name, graph, Shape.of(6, 3, 17, 14), update, Groups.all(graph, 0.05), 1, true);
    }

    /** Every parameter decays: that of a norm before another one has no gradient but rounding. */
    private static TrainingCase modern(
            String name, BiFunction<GraphBuilder, Node, Node> trunk, Update update, int microBatches, boolean kinked) {
        Graph graph = classifier(trunk);
        return new TrainingCase(name, graph, IMAGE, update, frozen(graph, p -> false), microBatches, kinked);
    }

    private static TrainingCase modern(
            String name, BiFunction<GraphBuilder, Node, Node> trunk, Predicate<String> frozen, boolean kinked) {
        Graph graph = classifier(trunk);
        return new TrainingCase(name, graph, IMAGE, new Update(MOMENTUM, 1, 0.5), frozen(graph, frozen), 1, kinked);
    }

    private static Groups frozen(Graph graph, Predicate<String> frozen) {
        return Groups.of(graph, p -> frozen.test(p.name()) ? Groups.Group.FROZEN : new Groups.Group(1, 0.05, true));
    }

    private static Graph classifier(BiFunction<GraphBuilder, Node, Node> trunk) {
        GraphBuilder g = new GraphBuilder();
        return classifier(g, trunk.apply(g, g.image(3, Shape.ANY, Shape.ANY)));
    }

    private static Graph residual(Conventions conventions) {
        GraphBuilder g = new GraphBuilder(conventions);
        Node x = g.image(3, Shape.ANY, Shape.ANY);
        x = g.activation(Function.SILU, g.batchNorm("bn0", g.conv("conv0", x, Conv.of(3, 8))));
        Node y = g.activation(
                Function.SILU,
                g.batchNorm("bn1", g.conv("conv1", x, Conv.of(3, 8).groups(2))));
        y = g.dropPath(g.batchNorm("bn2", g.conv("conv2", y, Conv.of(1, 8))), 0.2);
        Node features = g.globalAveragePool(g.activation(Function.TANH, g.add(x, y)));
        return classifier(g, features);
    }

    /** An output that the loss does not need, with a norm, stands before what it needs; there weights only decay. */
    private static TrainingCase beside() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.image(3, Shape.ANY, Shape.ANY);
        x = g.activation(Function.SILU, g.batchNorm("bn0", g.conv("conv0", x, Conv.of(3, 8))));
        g.output("beside", g.batchNorm("bn1", g.conv("conv1", x, Conv.of(3, 4))));
        Node y = g.dropPath(g.conv("conv2", x, Conv.of(1, 8)), 0.2);
        Graph graph = classifier(g, g.globalAveragePool(g.activation(Function.TANH, g.add(x, y))));
        Groups groups = frozen(graph, p -> false);
        return new TrainingCase(
                "an output beside the loss", graph, IMAGE, new Update(MOMENTUM, 0, 0.5), groups, 2, false);
    }

    private static Graph kinked() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.image(3, Shape.ANY, Shape.ANY);
        x = g.relu(g.batchNorm("bn0", g.conv("conv0", x, Conv.of(3, 16))));
        x = g.maxPool(x, 3, 2, 1);
        Node y = g.relu6(g.batchNorm("bn1", g.conv("conv1", x, Conv.of(3, 16).groups(16))));
        Node features = g.globalAveragePool(g.relu(
                g.add(g.conv("conv2", y, Conv.of(1, 16).withBias()), x)));
        return classifier(g, features);
    }

    private static Graph classifier(GraphBuilder g, Node features) {
        Node logits = g.linear("fc", g.dropout(features, 0.25), CLASSES);
        Node labels = g.input("labels", DataType.I32, Shape.of(Shape.ANY));
        g.output("logits", logits);
        g.output("loss", g.softmaxCrossEntropy(logits, labels, new SoftmaxCrossEntropy(0.1, -100)));
        return g.build();
    }

    private static Graph softLabels() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.activation(
                Function.SILU, g.conv("conv", g.image(3, 10, 9), Conv.of(3, 8).stride(2)));
        Node logits = g.linear("fc", g.flatten(x), CLASSES);
        Node labels = g.input("soft_labels", DataType.F32, Shape.of(Shape.ANY, CLASSES));
        g.output("loss", g.softmaxCrossEntropy(logits, labels, new SoftmaxCrossEntropy(0, -100)));
        return g.build();
    }
}
