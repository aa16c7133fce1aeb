package io.vertebra.cuda.session;

import io.vertebra.cuda.device.Device;
import io.vertebra.cuda.device.DeviceMemory;
import io.vertebra.cuda.device.MathMode;
import io.vertebra.cuda.device.Type;
import io.vertebra.cuda.emit.Compiler;
import io.vertebra.cuda.emit.HostCopies;
import io.vertebra.cuda.emit.Plan;
import io.vertebra.cuda.emit.Target;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Counter;
import io.vertebra.graph.engine.EngineException;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Scalars;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.TrainingState;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.plan.Form;
import io.vertebra.graph.session.Backend;
import io.vertebra.graph.session.PlanKey;
import io.vertebra.graph.session.PlannedSession;
import io.vertebra.graph.session.Versions;
import java.util.List;

/** What a session on a card owns and does: its device, masters, copies of them to compute with, plans, the update. */
public final class CudaBackend implements Backend<DeviceMemory, OpenPlan> {
    private final Device device;
    private final Options options;
    private final CudaMasters masters;
    private final Copies copies;
    private final HostCopies hostCopies = new HostCopies();
    private final Prefetcher prefetcher;
    private final Versions versions = new Versions();
    private final Counter counter;
    private final WeightUpdate update;
    private int batchSize = 1;
    private boolean closed;

    private CudaBackend(Graph graph, Options options, Device device) {
        this.device = device;
        this.options = options;
        this.counter = new Counter(options.seed());
        this.copies = new Copies(device);
        this.prefetcher = new Prefetcher(device, hostCopies);
        CudaMasters made = null;
        try {
            made = new CudaMasters(device, graph, options);
            boolean trains = options.mode() == Options.Mode.TRAINING;
            this.masters = made;
            this.update = trains ? new WeightUpdate(device, options.update(), made) : null;
        } catch (RuntimeException | Error e) {
            if (made != null) {
                made.close();
            }
            device.close(); // nobody else knows it any more
            throw e;
        }
    }

    /** A session for training on a device, which is the session's from now on. */
    public static Session open(Graph graph, TrainingState state, Options options, Device device) {
        return PlannedSession.open(graph, state, options, new CudaBackend(graph, options, device));
    }

    /** A session for inference or gradients on a device, which is the session's from now on. */
    public static Session open(Graph graph, Parameters parameters, Options options, Device device) {
        return PlannedSession.open(graph, parameters, options, new CudaBackend(graph, options, device));
    }

    @Override
    public DeviceMemory allocate(long bytes, String what) {
        try {
            return device.allocate(bytes, what);
        } catch (EngineException e) {
            throw e.kind() == EngineException.Kind.OUT_OF_MEMORY ? withAdvice(e, bytes) : e;
        }
    }

    /** The values of a plan grow with the batch, which is what a user can change. */
    private EngineException withAdvice(EngineException e, long bytes) {
        long fits = Math.min(batchSize - 1L, (long) ((double) device.free() / bytes * batchSize));
        String advice = fits >= 1 ? "a batch of about " + fits + " would fit" : "no batch would fit";
        return new EngineException(e.kind(), e.getMessage() + "; " + advice, e);
    }

    @Override
    public CudaMasters masters() {
        return masters;
    }

    @Override
    public boolean movesMasters(PlanKey key) {
        return false;
    }

    @Override
    public OpenPlan compile(PlanKey key, Form form) {
        batchSize = key.shapes().values().stream().mapToInt(Shape::n).max().orElse(1);
        PlanWeights weights = new PlanWeights(device, masters, copies, versions, key.weights());
        Type compute = options.precision() == Precision.BF16 ? Type.BF16 : Type.F32;
        MathMode math = options.precision() == Precision.TF32 ? MathMode.TF32 : MathMode.STRICT;
        Target target = new Target(device, hostCopies, compute, math, options.mode() == Options.Mode.TRAINING);
        Plan plan = Compiler.compile(form, key.roots(), key.given(), weights, target);
        return new OpenPlan(plan, weights.used(), counter, prefetcher);
    }

    @Override
    public void begin(long step, int microBatch) {
        counter.set(step, microBatch);
    }

    @Override
    public void clearGradients() {
        masters.clear(masters.gradients());
    }

    @Override
    public void prepare(Scalars scalars) {
        update.prepare(scalars);
    }

    @Override
    public void update(Scalars scalars) {
        versions.statisticsChanged();
        update.step(scalars);
        if (scalars.apply()) {
            versions.weightsChanged();
        }
    }

    @Override
    public List<Session.Timing> profile(OpenPlan plan, Batch batch, int repetitions) {
        Profiler profiler = new Profiler(device, plan, batch, counter, repetitions);
        return update == null ? profiler.evaluation() : profiler.training(masters, update);
    }

    @Override
    public boolean takesBytes() {
        return true;
    }

    @Override
    public boolean prefetches() {
        return true;
    }

    @Override
    public void prefetch(Batch batch) {
        prefetcher.prefetch(batch);
    }

    @Override
    public Session.Memory held() {
        long training = update == null ? 0 : update.bytes();
        training += masters.average() == null ? 0 : masters.average().bytes();
        training += masters.gradients() == null ? 0 : masters.gradients().bytes();
        training += masters.slots().stream().mapToLong(DeviceMemory::bytes).sum();
        return new Session.Memory(masters.weights().bytes() + copies.bytes(), training, 0, prefetcher.bytes());
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            try (device;
                    masters;
                    copies;
                    update;
                    hostCopies) { // each, after a failed kernel too; the last one first
                prefetcher.close();
                device.synchronize();
            }
        }
    }
}
