package io.vertebra.dl4j;

import io.vertebra.graph.Analysis;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Scalars;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.engine.TrainingChecks;
import io.vertebra.graph.engine.TrainingState;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Input;
import io.vertebra.graph.op.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An open graph. Owns the flat weights, the gradients, what training keeps and the arena of the passes; all of it is
 * freed on closing. Guarded by its own monitor.
 */
final class Dl4jSession implements Session {
    private static final String INPUT = Input.PICTURES;
    private static final String LOSS = "loss";

    private final Graph graph;
    private final Graph learnt;
    private final Options options;
    private final Arena arena;
    private final INDArray weights;
    private final OperatorGraph network;
    private final Flat flat;
    private final Feed feed;
    private Training training;
    private Map<String, Shape> lastShapes = Map.of();
    private boolean closed;

    private Dl4jSession(Graph graph, Options options, INDArray weights, Map<Node, OperatorVertex.Wanted> wanted) {
        this.graph = graph;
        this.learnt = options.mode() == Options.Mode.TRAINING ? graph.upTo(LOSS) : graph;
        this.options = options;
        this.weights = weights;
        this.arena = new Arena();
        INDArray used = graph.parameters().isEmpty() ? null : weights;
        this.network = OperatorGraph.of(graph, weights.dataType(), arena, used, wanted::get);
        this.flat = Flat.of(graph.parameters());
        this.feed = new Feed(graph, weights.dataType(), arena);
    }

    static Dl4jSession open(Graph graph, Parameters parameters, Options options) {
        parameters.requireFits(graph);
        Map<Node, OperatorVertex.Wanted> wanted = Differentiated.of(graph, options);
        DataType type = options.precision() == Precision.FP64 ? DataType.DOUBLE : DataType.FLOAT;
        INDArray weights = Flat.of(graph.parameters()).allocate(type);
        try {
            Dl4jSession session = new Dl4jSession(graph, options, weights, wanted);
            session.flat.put(weights, parameters);
            return session;
        } catch (RuntimeException | Error e) {
            weights.close(); // the rest has nothing native yet
            throw e;
        }
    }

    static Dl4jSession open(Graph graph, TrainingState state, Options options) {
        Dl4jSession session = open(graph, state.parameters(), options);
        try {
            session.training = new Training(session.flat, session.weights, state, options.update(), options.groups());
            session.training.average().ifPresent(session.network::setAverage);
            return session;
        } catch (RuntimeException | Error e) {
            session.close();
            throw e;
        }
    }

    @Override
    public synchronized Outputs evaluate(Batch batch, Weights which) {
        return evaluate(batch, which, graph.outputs().keySet());
    }

    @Override
    public synchronized Outputs evaluate(Batch batch, Weights which, Set<String> outputs) {
        requireOpen();
        boolean averaged = which == Weights.EMA;
        if (averaged && (training == null || training.average().isEmpty())) {
            throw new IllegalStateException("no moving average is kept: the update of this session has decay 0");
        }
        Graph part = graph.withOutputs(outputs.toArray(String[]::new));
        return pass(
                part,
                batch,
                Pass.inference(averaged, options.seed()),
                (shapes, values) -> outputs(part, shapes, values));
    }

    @Override
    public synchronized Outputs step(Batch batch, Scalars scalars) {
        require(training != null, "steps");
        return step(batch, scalars, null);
    }

    private Outputs step(Batch batch, Scalars scalars, Profile profile) {
        Pass now =
                Pass.step(options.seed(), scalars.step(), scalars.microBatch()).with(profile);
        return pass(learnt, batch, now, (shapes, values) -> {
            Outputs outputs = outputs(learnt, shapes, values);
            backward(Map.of(LOSS, Tensor.of(new float[] {1})), learnt, shapes);
            long start = System.nanoTime();
            training.add(network.gradients(), scalars);
            if (profile != null) {
                profile.addUpdate(Profile.JAVA, System.nanoTime() - start);
            }
            return outputs;
        });
    }

    @Override
    public synchronized Outputs gradients(Batch batch, Map<String, Tensor.Floats> outputGradients) {
        require(options.isForGradients(), "gradients");
        Pass now = Pass.gradients(options.isTrainingForm(), options.seed());
        return pass(graph, batch, now, (shapes, values) -> {
            Map<String, Tensor.Floats> all = read(graph, shapes, values);
            backward(outputGradients, graph, shapes);
            for (OperatorVertex vertex : network.operators()) {
                if (vertex.node().name().equals(INPUT)) {
                    all.put("grad." + INPUT, gradientOf(vertex, shapes));
                }
            }
            for (Flat.Slice slice : flat.slices()) {
                if (slice.spec().isTrainable()) {
                    float[] gradient = flat.get(network.gradients(), slice);
                    all.put(
                            "grad." + slice.spec().name(),
                            new Tensor.Floats(slice.spec().shape(), gradient));
                }
            }
            return new Outputs(all);
        });
    }

    /** Zeros where no output depends on it. */
    private static Tensor.Floats gradientOf(OperatorVertex vertex, List<Shape> shapes) {
        Shape shape = shapes.get(vertex.node().index());
        float[] values = new float[Math.toIntExact(shape.elements())];
        if (vertex.getEpsilon() != null) {
            Host.get(vertex.getEpsilon(), values);
        }
        return new Tensor.Floats(shape, values);
    }

    private interface Work<R> {
        R of(List<Shape> shapes, Map<String, INDArray> values);
    }

    /** Runs a part of the graph forward, then the work, and takes every array of the pass back. */
    private <R> R pass(Graph part, Batch given, Pass now, Work<R> work) {
        Batch batch = given.completedFor(part);
        List<Shape> shapes = Feed.check(part, batch);
        if (now.trainingForm()) {
            TrainingChecks.requireTrainable(part, shapes);
        }
        Map<String, Shape> batchShapes = batch.shapes();
        if (!batchShapes.equals(lastShapes)) {
            arena.trim();
            lastShapes = batchShapes;
        }
        try {
            return Nd4jLibrary.outsideWorkspaces(() -> work.of(shapes, network.forward(part, now, feed.arrays(batch))));
        } finally {
            network.clearVertices();
            arena.reset();
        }
    }

    private static Outputs outputs(Graph part, List<Shape> shapes, Map<String, INDArray> values) {
        return new Outputs(read(part, shapes, values));
    }

    private static Map<String, Tensor.Floats> read(Graph part, List<Shape> shapes, Map<String, INDArray> values) {
        Map<String, Tensor.Floats> outputs = new LinkedHashMap<>();
        part.outputs().forEach((name, node) -> {
            Shape shape = shapes.get(node.index());
            float[] data = new float[Math.toIntExact(shape.elements())];
            Host.get(values.get(node.name()), data);
            outputs.put(name, new Tensor.Floats(shape, data));
        });
        return outputs;
    }

    /** From gradients of outputs of the part of the graph that has run. */
    private void backward(Map<String, Tensor.Floats> outputGradients, Graph part, List<Shape> shapes) {
        List<Node> nodes = graph.outputs().values().stream().distinct().toList();
        INDArray[] gradients = new INDArray[nodes.size()];
        outputGradients.forEach((name, gradient) -> {
            Node node = graph.output(name);
            Shape shape = shapes.get(part.output(name).index());
            if (!shape.equals(gradient.shape())) {
                throw new GraphException(name, "has the shape " + shape + ", its gradient " + gradient.shape());
            }
            INDArray array = feed.array(gradient);
            int at = nodes.indexOf(node);
            if (gradients[at] == null) {
                gradients[at] = array;
            } else {
                gradients[at].addi(array);
            }
        });
        network.backward(gradients);
    }

    @Override
    public synchronized void save(TrainingState state) {
        require(training != null, "training states");
        flat.get(weights, state.parameters());
        training.save(state);
    }

    @Override
    public synchronized void save(Parameters parameters) {
        requireOpen();
        flat.get(weights, parameters);
    }

    @Override
    public synchronized Memory memory() {
        requireOpen();
        long gradients = options.isForGradients() || training != null ? bytes(network.gradients()) : 0;
        return new Memory(bytes(weights), gradients + (training == null ? 0 : training.bytes()), arena.bytes(), 0);
    }

    private static long bytes(INDArray array) {
        return array.length() * array.dataType().width();
    }

    @Override
    public synchronized List<Timing> profile(Batch batch, int repetitions) {
        requireOpen();
        Profile profile = new Profile();
        List<INDArray> changing = training == null ? List.of() : training.changing();
        List<INDArray> before = changing.stream().map(INDArray::dup).toList();
        try {
            for (int i = 0; i < repetitions; i++) {
                if (training == null) {
                    pass(
                            graph,
                            batch,
                            Pass.inference(false, options.seed()).with(profile),
                            (shapes, values) -> values.size());
                } else {
                    step(batch, Scalars.of(0, i), profile);
                }
            }
        } finally {
            for (int i = 0; i < before.size(); i++) {
                changing.get(i).assign(before.get(i));
                before.get(i).close();
            }
        }
        return profile.timings(Analysis.of(graph, batch.completedFor(graph).shapes())::macs);
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (training != null) {
            training.close();
        }
        network.close();
        weights.close();
        arena.close();
    }

    private void require(boolean served, String what) {
        requireOpen();
        if (!served) {
            throw new IllegalStateException(what + " are not served by a session for " + options.mode());
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the session is closed");
        }
    }
}
