package io.vertebra.onednn.session;

import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Counter;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Scalars;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.TrainingState;
import io.vertebra.graph.plan.Form;
import io.vertebra.graph.session.Backend;
import io.vertebra.graph.session.PlanKey;
import io.vertebra.graph.session.PlannedSession;
import io.vertebra.graph.session.Versions;
import io.vertebra.onednn.emit.Compiler;
import io.vertebra.onednn.emit.Plan;
import io.vertebra.onednn.emit.Target;
import io.vertebra.onednn.natives.Block;
import io.vertebra.onednn.natives.Dnnl;
import io.vertebra.onednn.pass.Trunk;
import java.util.List;

/**
 * What a session on oneDNN owns and does: masters in the order of weight gradients, copies of them as primitives want
 * them, plans of primitives and kernels, the update.
 */
public final class OneDnnBackend implements Backend<Block, OpenPlan> {
    private final Options options;
    private final ParameterStore store;
    private final Copies copies = new Copies();
    private final Versions versions = new Versions();
    private final Counter counter;
    private Updater updater;

    private OneDnnBackend(Graph graph, Options options) {
        this.options = options;
        this.counter = new Counter(options.seed());
        this.store = new ParameterStore(graph, options);
    }

    /** A session for training. */
    public static Session open(Graph graph, TrainingState state, Options options) {
        return PlannedSession.open(graph, state, options, new OneDnnBackend(graph, options));
    }

    /** A session for inference or gradients. */
    public static Session open(Graph graph, Parameters parameters, Options options) {
        return PlannedSession.open(graph, parameters, options, new OneDnnBackend(graph, options));
    }

    @Override
    public Block allocate(long bytes, String what) {
        return Block.allocate(bytes, what);
    }

    @Override
    public ParameterStore masters() {
        return store;
    }

    @Override
    public boolean movesMasters(PlanKey key) {
        return key.isDifferentiated() && !store.isPacked();
    }

    @Override
    public OpenPlan compile(PlanKey key, Form form) {
        boolean decides = movesMasters(key);
        if (decides) {
            copies.clear(); // they are filled from where the masters are now
        }
        PlanWeights weights = new PlanWeights(store, copies, versions, key.weights());
        int block = Trunk.block(form, Dnnl.channelBlock(), options.precision() == Precision.FP32);
        Target target = new Target(options.precision(), block, options.mode() == Options.Mode.TRAINING, counter);
        Plan plan = Compiler.compile(form, key.roots(), key.given(), weights, target);
        try {
            if (decides) {
                store.pack(weights.decided());
            }
            weights.used().forEach(Copy::prepare);
        } catch (RuntimeException | Error e) {
            plan.close();
            throw e;
        }
        return new OpenPlan(plan, weights.used());
    }

    @Override
    public void begin(long step, int microBatch) {
        counter.set(step, microBatch);
    }

    @Override
    public void clearGradients() {
        store.gradients().clear(0, store.layout().trainedBytes());
    }

    @Override
    public void prepare(Scalars scalars) {
        updater().prepare(scalars);
    }

    @Override
    public void update(Scalars scalars) {
        versions.statisticsChanged();
        updater().step(scalars);
        if (scalars.apply()) {
            versions.weightsChanged();
        }
    }

    private Updater updater() {
        if (updater == null) {
            updater = new Updater(options.update(), store);
        }
        return updater;
    }

    @Override
    public List<Session.Timing> profile(OpenPlan plan, Batch batch, int repetitions) {
        return options.mode() == Options.Mode.TRAINING
                ? Profiler.training(plan, batch, repetitions, store, updater())
                : Profiler.evaluation(plan, batch, repetitions);
    }

    @Override
    public Session.Memory held() {
        long training = updater == null ? 0 : updater.bytes();
        training += store.average() == null ? 0 : store.average().bytes();
        training += store.gradients() == null ? 0 : store.gradients().bytes();
        training += store.slots().stream().mapToLong(Block::bytes).sum();
        return new Session.Memory(store.weights().bytes() + copies.bytes(), training, 0, 0);
    }

    @Override
    public void close() {
        if (updater != null) {
            updater.close();
        }
        copies.close();
        store.close();
    }
}
