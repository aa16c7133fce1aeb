package io.vertebra.graph.session;

import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Batches;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Scalars;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.engine.TrainingState;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.plan.Form;
import io.vertebra.graph.plan.Roots;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * An open graph on a compiled engine: checks what it is handed, finds or compiles the plan for it, and runs that. Owns the
 * engine's {@link Backend} and the plans with their arena.
 *
 * <p>One lock guards everything: callers wait for each other, and {@link #close} waits for a pass that runs. Only {@link #prefetch}
 * does without, for it comes while a pass runs.
 *
 * @param <A> the engine's memory
 * @param <P> the engine's plans
 */
public final class PlannedSession<A extends Arena, P extends CompiledPlan<A>> implements Session {
    private static final String CLOSED = "the session is closed";

    private final ReentrantLock lock = new ReentrantLock();
    private final Graph graph;
    private final Options options;
    private final Backend<A, P> backend;
    private final Masters<A> masters;
    private final States<A> states;
    private final Plans<A, P> plans;
    private final Parts parts;
    private Batches lastDoor;
    private Roots lastRoots;
    private Weights lastWeights;
    private P lastPlan;
    private volatile boolean closed;

    private PlannedSession(Graph graph, Options options, Backend<A, P> backend) {
        this.graph = graph;
        this.options = options;
        this.backend = backend;
        this.masters = backend.masters();
        this.states = new States<>(masters, options);
        this.plans = new Plans<>(backend);
        this.parts = new Parts(graph, options, masters.layout().trained());
    }

    /** Opens for training on a new backend, which is the session's from now on. */
    public static <A extends Arena, P extends CompiledPlan<A>> Session open(
            Graph graph, TrainingState state, Options options, Backend<A, P> backend) {
        return open(graph, options, backend, states -> states.load(state));
    }

    /** Opens for inference or gradients on a new backend, which is the session's from now on. */
    public static <A extends Arena, P extends CompiledPlan<A>> Session open(
            Graph graph, Parameters parameters, Options options, Backend<A, P> backend) {
        return open(graph, options, backend, states -> states.load(parameters));
    }

    private static <A extends Arena, P extends CompiledPlan<A>> Session open(
            Graph graph, Options options, Backend<A, P> backend, Consumer<States<A>> load) {
        try {
            PlannedSession<A, P> session = new PlannedSession<>(graph, options, backend);
            load.accept(session.states);
            return session;
        } catch (RuntimeException | Error e) {
            try (backend) { // nobody else knows it yet
                throw e;
            }
        }
    }

    @Override
    public Outputs evaluate(Batch batch, Weights weights) {
        return evaluate(batch, weights, graph.outputs().keySet());
    }

    @Override
    public Outputs evaluate(Batch batch, Weights weights, Set<String> outputs) {
        return locked(() -> {
            require(weights == Weights.LIVE || masters.average() != null, "no moving average is kept");
            Batch fed = fed(batch);
            P plan = evaluation(fed, weights, outputs);
            backend.begin(0, 0);
            return plan.run(fed, Map.of());
        });
    }

    /** What plans take. */
    private Batch fed(Batch batch) {
        Batch complete = parts.whole().complete(batch);
        return backend.takesBytes() ? complete : complete.decoded();
    }

    private P evaluation(Batch batch, Weights weights, Set<String> outputs) {
        return plan(Roots.NONE, weights, parts.of(outputs), batch, outputs);
    }

    @Override
    public Outputs step(Batch batch, Scalars scalars) {
        lock.lock(); // no lambda here: a step of a known shape allocates nothing
        try {
            require(!closed, CLOSED);
            requireTraining();
            Batch fed = fed(batch);
            P plan = training(fed);
            backend.prepare(scalars);
            backend.begin(scalars.step(), scalars.microBatch());
            Outputs outputs = plan.run(fed, Map.of());
            backend.update(scalars);
            return outputs;
        } finally {
            lock.unlock();
        }
    }

    private P training(Batch batch) {
        return plan(Roots.LOSS, Weights.LIVE, parts.learning(), batch, Set.of());
    }

    @Override
    public Outputs gradients(Batch batch, Map<String, Tensor.Floats> outputGradients) {
        return locked(() -> {
            require(options.isForGradients(), "the session was not opened for gradients");
            Batch fed = fed(batch);
            lastRoots = null; // a plan for gradients is not told by its shapes alone
            Batches whole = parts.whole();
            whole.check(fed);
            Map<String, Shape> shapes = whole.shapes();
            whole.checkGradients(shapes, outputGradients);
            P plan = plan(new PlanKey(Roots.GIVEN, Weights.LIVE, shapes, outputGradients.keySet()));
            backend.clearGradients();
            backend.begin(0, 0);
            return states.withGradients(plan.run(fed, outputGradients));
        });
    }

    /** The plan of the last pass where this one is of the same kind and shapes, else the one for a key. */
    private P plan(Roots roots, Weights weights, Batches door, Batch batch, Set<String> outputs) {
        boolean again = door.check(batch) && door == lastDoor && roots == lastRoots && weights == lastWeights;
        if (again) {
            return lastPlan;
        }
        lastRoots = null; // until there is one
        P plan = plan(new PlanKey(roots, weights, door.shapes(), outputs));
        lastDoor = door;
        lastRoots = roots;
        lastWeights = weights;
        lastPlan = plan;
        return plan;
    }

    private P plan(PlanKey key) {
        P found = plans.find(key);
        return found != null ? found : compile(key);
    }

    private P compile(PlanKey key) {
        Form form = parts.form(key);
        if (backend.movesMasters(key)) {
            plans.clear();
        }
        return plans.add(key, backend.compile(key, form));
    }

    @Override
    public boolean prefersBytes() {
        return backend.takesBytes();
    }

    @Override
    public boolean prefetches() {
        return backend.prefetches();
    }

    @Override
    public void prefetch(Batch batch) {
        require(!closed, CLOSED);
        backend.prefetch(batch);
    }

    @Override
    public void save(TrainingState state) {
        locked(() -> {
            requireTraining();
            states.save(state);
            return null;
        });
    }

    @Override
    public void save(Parameters parameters) {
        locked(() -> {
            states.save(parameters);
            return null;
        });
    }

    @Override
    public Memory memory() {
        return locked(() -> {
            Memory held = backend.held();
            long activations = plans.activationBytes();
            return new Memory(
                    held.weights(),
                    held.training(),
                    held.activations() + activations,
                    held.scratch() + plans.arenaBytes() - activations);
        });
    }

    @Override
    public List<Timing> profile(Batch batch, int repetitions) {
        if (repetitions < 1) {
            throw new IllegalArgumentException("a profile needs a repetition, got " + repetitions);
        }
        return locked(() -> {
            boolean trains = options.mode() == Options.Mode.TRAINING;
            Set<String> all = graph.outputs().keySet();
            Batch fed = parts.whole().complete(batch).decoded(); // profiles know the one way
            P plan = trains ? training(fed) : evaluation(fed, Weights.LIVE, all);
            return backend.profile(plan, fed, repetitions);
        });
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (!closed) {
                closed = true;
                try (backend) { // whatever the plans throw, which is told first
                    plans.close();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private <T> T locked(Supplier<T> body) {
        lock.lock();
        try {
            require(!closed, CLOSED);
            return body.get();
        } finally {
            lock.unlock();
        }
    }

    private void requireTraining() {
        require(options.mode() == Options.Mode.TRAINING, "the session was not opened for training");
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalStateException(message);
        }
    }
}
