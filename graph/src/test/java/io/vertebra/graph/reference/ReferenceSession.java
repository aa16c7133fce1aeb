package io.vertebra.graph.reference;

import io.vertebra.graph.Analysis;
import io.vertebra.graph.Graph;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A session of {@link ReferenceEngine}; guarded by its own monitor. */
final class ReferenceSession implements Session {
    private final Graph graph;
    private final Map<String, double[]> parameters;
    private final ReferenceTraining training;
    private final Options options;
    private boolean closed;

    ReferenceSession(Graph graph, Map<String, double[]> parameters, ReferenceTraining training, Options options) {
        this.graph = graph;
        this.parameters = parameters;
        this.training = training;
        this.options = options;
    }

    @Override
    public synchronized Outputs evaluate(Batch batch, Weights weights) {
        return evaluate(batch, weights, graph.outputs().keySet());
    }

    @Override
    public synchronized Outputs evaluate(Batch given, Weights weights, Set<String> outputs) {
        requireOpen();
        Graph part = graph.withOutputs(outputs.toArray(String[]::new));
        Batch batch = given.completedFor(part);
        batch.requireFits(part);
        if (weights == Weights.EMA && (training == null || training.average().isEmpty())) {
            throw new IllegalStateException("no moving average is kept");
        }
        Map<String, double[]> used = weights == Weights.EMA ? training.average().orElseThrow() : parameters;
        return new Outputs(
                outputs(new ReferenceInterpreter(part, used).forward(batch, Form.inference(options.seed()))));
    }

    @Override
    public synchronized Outputs step(Batch given, Scalars scalars) {
        require(options.mode() == Options.Mode.TRAINING, "steps");
        Batch batch = given.completedFor(graph);
        batch.requireFits(graph.upTo("loss"));
        Graph learnt = graph.upTo("loss");
        TrainingChecks.requireTrainable(learnt, learnt.shapes(batch.shapes()));
        Pass pass = training.step(batch, scalars);
        if (options.precision() == Precision.FP32) {
            training.roundToFloat();
        }
        return new Outputs(outputs(pass));
    }

    @Override
    public synchronized Outputs gradients(Batch given, Map<String, Tensor.Floats> outputGradients) {
        Options.Mode mode = options.mode();
        require(mode == Options.Mode.INFERENCE_GRADIENTS || mode == Options.Mode.TRAINING_GRADIENTS, "gradients");
        Batch batch = given.completedFor(graph);
        batch.requireFits(graph);
        if (options.isTrainingForm()) {
            TrainingChecks.requireTrainable(graph, graph.shapes(batch.shapes()));
        }
        Form form = new Form(options.isTrainingForm(), options.seed(), 0, 0);
        Pass pass = new ReferenceInterpreter(graph, parameters).forward(batch, form);
        outputGradients.forEach((name, gradient) -> {
            if (!pass.output(name).shape().equals(gradient.shape())) {
                throw new GraphException(name, "has another shape than its gradient " + gradient.shape());
            }
        });
        Map<String, Tensor.Floats> all = outputs(pass);
        Gradients gradients = pass.backwardOf(outputGradients);
        all.put("grad.input", gradients.value(graph.node("input")).toFloats());
        gradients.parameters().forEach((name, values) -> all.put("grad." + name, floats(name, values)));
        return new Outputs(all);
    }

    private Tensor.Floats floats(String parameter, double[] values) {
        return graph.parameters().stream()
                .filter(p -> p.name().equals(parameter))
                .map(p -> new DoubleTensor(p.shape(), values).toFloats())
                .findFirst()
                .orElseThrow();
    }

    private static Map<String, Tensor.Floats> outputs(Pass pass) {
        Map<String, Tensor.Floats> outputs = new LinkedHashMap<>();
        pass.outputs().forEach((name, tensor) -> outputs.put(name, tensor.toFloats()));
        return outputs;
    }

    @Override
    public synchronized void save(TrainingState state) {
        require(training != null, "a training state");
        training.save(state);
    }

    @Override
    public synchronized void save(Parameters into) {
        requireOpen();
        ReferenceTraining.save(parameters, into);
    }

    @Override
    public synchronized Memory memory() {
        requireOpen();
        long weights = bytes(parameters);
        long kept = training == null
                ? 0
                : bytes(training.slots()) + bytes(training.average().orElse(Map.of()));
        return new Memory(weights, kept, 0, 0);
    }

    private static long bytes(Map<String, double[]> arrays) {
        return arrays.values().stream()
                .mapToLong(a -> (long) a.length * Double.BYTES)
                .sum();
    }

    @Override
    public synchronized List<Timing> profile(Batch given, int repetitions) {
        requireOpen();
        Batch batch = given.completedFor(graph);
        batch.requireFits(graph);
        Analysis analysis = Analysis.of(graph, batch.shapes());
        return graph.nodes().stream()
                .map(n -> new Timing(n.name(), n.op().kind(), "forward", "reference", 0, analysis.macs(n)))
                .toList();
    }

    @Override
    public synchronized void close() {
        closed = true;
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
