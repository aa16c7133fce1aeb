package io.vertebra.onednn.session;

import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Groups;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Scalars;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.engine.TrainingChecks;
import io.vertebra.graph.engine.TrainingState;
import io.vertebra.graph.op.ParameterSpec;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.plan.Form;
import io.vertebra.graph.plan.Roots;
import io.vertebra.graph.session.Batches;
import io.vertebra.graph.session.PlanKey;
import io.vertebra.graph.session.Versions;
import io.vertebra.onednn.emit.Compiler;
import io.vertebra.onednn.emit.Plan;
import io.vertebra.onednn.emit.Target;
import io.vertebra.onednn.kernel.Counter;
import io.vertebra.onednn.natives.Dnnl;
import io.vertebra.onednn.pass.Trunk;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/**
 * An open graph on oneDNN. Owns all native memory of it.
 *
 * <p>One lock guards everything: callers wait for each other, and {@link #close} waits for a pass that runs.
 */
public final class OneDnnSession implements Session {
    private static final String CLOSED = "the session is closed";

    private final ReentrantLock lock = new ReentrantLock();
    private final Graph graph;
    private final Options options;
    private final Batches batches;
    private final Map<Set<String>, Batches> parts = new HashMap<>();
    private final Counter counter;
    private final Versions versions = new Versions();
    private final ParameterStore store;
    private final Copies copies = new Copies();
    private final Plans plans = new Plans();
    private final Set<String> trained;
    private Updater updater;
    private Batches lastDoor;
    private PlanKey.Kind lastKind;
    private Weights lastWeights;
    private boolean closed;

    /** Opens for training. */
    public OneDnnSession(Graph graph, TrainingState state, Options options) {
        this(
                graph,
                options,
                spec -> options.groups().isTrained(spec) ? options.groups().get(spec.name()) : null,
                options.update().optimizer().slots(),
                options.update().hasEma());
        loadOrClose(() -> States.load(store, state, options));
    }

    /** Opens for inference or gradients. */
    public OneDnnSession(Graph graph, Parameters parameters, Options options) {
        this(
                graph,
                options,
                spec -> differentiates(options) && spec.isTrainable() ? new Groups.Group(1, 0, true) : null,
                List.of(),
                false);
        loadOrClose(() -> States.load(store, parameters));
    }

    private OneDnnSession(
            Graph graph,
            Options options,
            java.util.function.Function<ParameterSpec, Groups.Group> groupOf,
            List<String> slots,
            boolean ema) {
        this.graph = graph;
        this.options = options;
        this.batches = new Batches(graph);
        this.counter = new Counter(options.seed());
        this.store = new ParameterStore(graph, groupOf, slots, ema);
        this.trained = graph.parameters().stream()
                .filter(spec -> groupOf.apply(spec) != null)
                .map(ParameterSpec::name)
                .collect(Collectors.toUnmodifiableSet());
    }

    private void loadOrClose(Runnable load) {
        try {
            load.run();
        } catch (RuntimeException | Error e) {
            close(); // nobody else knows it yet
            throw e;
        }
    }

    private static boolean differentiates(Options options) {
        return options.mode() == Options.Mode.INFERENCE_GRADIENTS || options.mode() == Options.Mode.TRAINING_GRADIENTS;
    }

    @Override
    public Outputs evaluate(Batch batch, Weights weights) {
        return evaluate(batch, weights, graph.outputs().keySet());
    }

    @Override
    public Outputs evaluate(Batch batch, Weights weights, Set<String> outputs) {
        return locked(() -> {
            require(weights == Weights.LIVE || store.ema() != null, "no moving average is kept");
            return evaluation(batch, weights, outputs).run(batch, Map.of());
        });
    }

    private OpenPlan evaluation(Batch batch, Weights weights, Set<String> outputs) {
        Batches door = parts.computeIfAbsent(outputs, this::part);
        return plan(PlanKey.Kind.EVALUATION, weights, door, batch, outputs);
    }

    /** The door of the part of the graph that some outputs need. */
    private Batches part(Set<String> outputs) {
        boolean isWhole = outputs.equals(graph.outputs().keySet());
        return isWhole ? batches : new Batches(graph.withOutputs(outputs.toArray(String[]::new)));
    }

    @Override
    public Outputs step(Batch batch, Scalars scalars) {
        lock.lock(); // no lambda here: a step of a known shape allocates nothing
        try {
            require(!closed, CLOSED);
            require(options.mode() == Options.Mode.TRAINING, "the session was not opened for training");
            OpenPlan plan = training(batch);
            counter.set(scalars.step(), scalars.microBatch());
            Outputs outputs = plan.run(batch, Map.of());
            versions.statisticsChanged();
            updater().step(scalars);
            if (scalars.apply()) {
                versions.weightsChanged();
            }
            return outputs;
        } finally {
            lock.unlock();
        }
    }

    private OpenPlan training(Batch batch) {
        return plan(PlanKey.Kind.TRAINING, Weights.LIVE, batches, batch, Set.of());
    }

    @Override
    public Outputs gradients(Batch batch, Map<String, Tensor.Floats> outputGradients) {
        return locked(() -> {
            require(differentiates(options), "the session was not opened for gradients");
            batches.check(batch);
            Map<String, Shape> shapes = batches.shapes();
            batches.checkGradients(shapes, outputGradients);
            lastKind = PlanKey.Kind.GRADIENTS;
            OpenPlan plan = plan(new PlanKey(lastKind, Weights.LIVE, shapes, outputGradients.keySet()));
            store.gradients().clear(0, store.trainedBytes()); // what no output depends on has no primitive
            counter.set(0, 0);
            Outputs outputs = plan.run(batch, outputGradients);
            return States.withGradients(outputs, store);
        });
    }

    /** The plan of the last pass where this one is of the same kind and shapes, else the one for a key. */
    private OpenPlan plan(PlanKey.Kind kind, Weights weights, Batches door, Batch batch, Set<String> outputs) {
        boolean again = door.check(batch) && door == lastDoor && kind == lastKind && weights == lastWeights;
        if (again && plans.latest() != null) {
            return plans.latest();
        }
        lastKind = null; // until there is one
        OpenPlan plan = plan(new PlanKey(kind, weights, door.shapes(), outputs));
        lastDoor = door;
        lastKind = kind;
        lastWeights = weights;
        return plan;
    }

    private OpenPlan plan(PlanKey key) {
        OpenPlan found = plans.find(key);
        return found != null ? found : compile(key);
    }

    private OpenPlan compile(PlanKey key) {
        boolean differentiates = key.kind() != PlanKey.Kind.EVALUATION;
        if (differentiates && options.isTrainingForm()) {
            TrainingChecks.requireTrainable(graph, graph.shapes(key.shapes()));
        }
        boolean decides = differentiates && !store.isPacked();
        if (decides) {
            // the masters are about to move
            plans.clear();
            copies.clear();
        }
        PlanWeights weights = new PlanWeights(store, copies, versions, key.weights());
        boolean moves = options.mode() == Options.Mode.TRAINING;
        Form form = form(key);
        int block = Trunk.block(form, Dnnl.channelBlock(), options.precision() == Precision.FP32);
        Target target = new Target(options.precision(), block, moves, counter);
        Plan plan = Compiler.compile(form, roots(key), seeds(key), weights, target);
        try {
            if (decides) {
                store.pack(weights.decided());
            }
            weights.used().forEach(Copy::prepare);
        } catch (RuntimeException | Error e) {
            plan.close();
            throw e;
        }
        return plans.add(key, new OpenPlan(plan, weights.used()));
    }

    private Form form(PlanKey key) {
        return switch (key.kind()) {
            case EVALUATION -> Form.inference(parts.get(key.outputs()).graph(), key.shapes());
            case TRAINING -> Form.differentiated(graph, key.shapes(), true, trained, Set.of("loss"), false);
            case GRADIENTS ->
                Form.differentiated(graph, key.shapes(), options.isTrainingForm(), trained, key.outputs(), true);
        };
    }

    private static Roots roots(PlanKey key) {
        return switch (key.kind()) {
            case EVALUATION -> Roots.NONE;
            case TRAINING -> Roots.LOSS;
            case GRADIENTS -> Roots.GIVEN;
        };
    }

    private static Set<String> seeds(PlanKey key) {
        return key.kind() == PlanKey.Kind.GRADIENTS ? key.outputs() : Set.of();
    }

    private Updater updater() {
        if (updater == null) {
            updater = new Updater(options.update(), store);
        }
        return updater;
    }

    @Override
    public void save(TrainingState state) {
        locked(() -> {
            require(options.mode() == Options.Mode.TRAINING, "the session was not opened for training");
            States.save(store, state, options);
            return null;
        });
    }

    @Override
    public void save(Parameters parameters) {
        locked(() -> {
            States.save(store, parameters);
            return null;
        });
    }

    @Override
    public Memory memory() {
        return locked(() -> {
            long training = updater == null ? 0 : updater.bytes();
            training += store.ema() == null ? 0 : store.ema().bytes();
            training += store.gradients() == null ? 0 : store.gradients().bytes();
            training += store.slots().stream().mapToLong(b -> b.bytes()).sum();
            long activations = plans.activationBytes();
            return new Memory(
                    store.weights().bytes() + copies.bytes(), training, activations, plans.arenaBytes() - activations);
        });
    }

    @Override
    public List<Timing> profile(Batch batch, int repetitions) {
        if (repetitions < 1) {
            throw new IllegalArgumentException("a profile needs a repetition, got " + repetitions);
        }
        return locked(() -> {
            if (options.mode() == Options.Mode.TRAINING) {
                return Profiler.training(training(batch), batch, repetitions, store, updater());
            }
            OpenPlan plan = evaluation(batch, Weights.LIVE, graph.outputs().keySet());
            return Profiler.evaluation(plan, batch, repetitions);
        });
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (!closed) {
                closed = true;
                plans.close();
                if (updater != null) {
                    updater.close();
                }
                copies.close();
                store.close();
            }
        } finally {
            lock.unlock();
        }
    }

    private <T> T locked(java.util.function.Supplier<T> body) {
        lock.lock();
        try {
            require(!closed, CLOSED);
            return body.get();
        } finally {
            lock.unlock();
        }
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalStateException(message);
        }
    }
}
