package io.vertebra.graph.session;

import io.vertebra.graph.Graph;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.EngineException;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Scalars;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.plan.Form;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A backend on the heap that writes down what it is asked. Its plans compute nothing: each output is the number of the plan,
 * and a plan for gradients adds 1 to all of them.
 */
final class RecordingBackend
        implements Backend<RecordingBackend.Floats, RecordingBackend.Numbered>, Masters<RecordingBackend.Floats> {
    private static final int ALIGNMENT = 16;
    /** Bytes of working memory of every plan. */
    static final int SCRATCH = 8;

    final List<String> events = new ArrayList<>();
    final List<Form> forms = new ArrayList<>();
    final List<PlanKey> keys = new ArrayList<>();
    final List<Floats> arenas = new ArrayList<>();
    /** The largest arena that it allocates. */
    long limit = Long.MAX_VALUE;

    boolean movesMasters;
    RuntimeException nextCompilation;
    /** The number of the plan whose next binding fails. */
    int failsToBind;

    /** Whether it prefetches and takes bytes, as a card does, or leaves both as other engines do. */
    boolean isCard;

    int closings;
    /** What happens at each. */
    Runnable inClosing = () -> {};
    /** What happens when a plan is closed. */
    Runnable inPlansClosing = () -> {};

    /** Batches that were to be brought closer. */
    final List<Batch> prefetched = new ArrayList<>();
    /** What the last pass was given. */
    Batch run;
    /** What happens in the next pass. */
    Runnable inNextPass = () -> {};

    private final ParameterLayout layout;
    private final Floats weights;
    private final Floats average;
    private final Floats gradients;
    private final List<Floats> slots = new ArrayList<>();

    RecordingBackend(Graph graph, Options options) {
        layout = ParameterLayout.of(graph, options, spec -> spec.shape().elements() * Float.BYTES, ALIGNMENT);
        weights = new Floats(layout.bytes());
        gradients = new Floats(layout.trainedBytes());
        boolean trains = options.mode() == Options.Mode.TRAINING;
        average = trains && options.update().hasEma() ? new Floats(layout.bytes()) : null;
        if (trains) {
            options.update().optimizer().slots().forEach(slot -> slots.add(new Floats(layout.trainedBytes())));
        }
    }

    /** Memory. */
    static final class Floats implements Arena {
        final float[] values;
        boolean closed;

        Floats(long bytes) {
            values = new float[Math.toIntExact(bytes / Float.BYTES)];
        }

        @Override
        public long bytes() {
            return (long) values.length * Float.BYTES;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    /** The number of the plan that has put these out. */
    static int plan(Outputs outputs) {
        return (int) outputs.get("features").data()[0];
    }

    /** A plan of which nothing but its number is known. */
    final class Numbered implements CompiledPlan<Floats> {
        private final int number;
        private final PlanKey key;
        private final Form form;
        private Floats arena;
        boolean closed;

        private Numbered(int number, PlanKey key, Form form) {
            this.number = number;
            this.key = key;
            this.form = form;
        }

        @Override
        public long activationBytes() {
            return key.shapes().values().stream().mapToLong(Shape::elements).sum() * Float.BYTES;
        }

        @Override
        public long bytes() {
            return activationBytes() + SCRATCH;
        }

        @Override
        public void bind(Floats place) {
            if (number == failsToBind) {
                failsToBind = 0;
                throw new EngineException(EngineException.Kind.OUT_OF_MEMORY, "no memory to bind plan " + number);
            }
            arena = place;
        }

        @Override
        public Outputs run(Batch batch, Map<String, Tensor.Floats> given) {
            if (closed || arena.closed || arena.bytes() < bytes()) {
                throw new AssertionError("plan " + number + " has no memory");
            }
            events.add("run " + number);
            RecordingBackend.this.run = batch;
            inNextPass.run();
            for (int i = 0; i < gradients.values.length; i++) {
                gradients.values[i] += given.size();
            }
            Map<String, Tensor.Floats> outputs = new LinkedHashMap<>();
            form.graph().outputs().keySet().forEach(name -> outputs.put(name, Tensor.of(new float[] {number}, 1)));
            return new Outputs(outputs);
        }

        @Override
        public void close() {
            closed = true;
            events.add("close " + number);
            inPlansClosing.run();
        }
    }

    @Override
    public Floats allocate(long bytes, String what) {
        if (bytes > limit) {
            throw new EngineException(EngineException.Kind.OUT_OF_MEMORY, "no memory for " + what);
        }
        Floats arena = new Floats(bytes);
        arenas.add(arena);
        return arena;
    }

    @Override
    public Masters<Floats> masters() {
        return this;
    }

    @Override
    public boolean movesMasters(PlanKey key) {
        return movesMasters;
    }

    @Override
    public Numbered compile(PlanKey key, Form form) {
        if (nextCompilation != null) {
            RuntimeException failure = nextCompilation;
            nextCompilation = null;
            throw failure;
        }
        forms.add(form);
        keys.add(key);
        events.add("compile " + forms.size());
        return new Numbered(forms.size(), key, form);
    }

    @Override
    public void begin(long step, int microBatch) {
        events.add("begin " + step + " " + microBatch);
    }

    @Override
    public void clearGradients() {
        Arrays.fill(gradients.values, 0);
    }

    @Override
    public void prepare(Scalars scalars) {
        events.add("prepare " + scalars.learningRate());
    }

    @Override
    public void update(Scalars scalars) {
        events.add("update " + scalars.learningRate());
    }

    @Override
    public List<Session.Timing> profile(Numbered plan, Batch batch, int repetitions) {
        return List.of(
                new Session.Timing("plan", plan.key.roots().name(), "forward", "none", plan.number, repetitions));
    }

    @Override
    public boolean takesBytes() {
        return isCard || Backend.super.takesBytes();
    }

    @Override
    public boolean prefetches() {
        return isCard || Backend.super.prefetches();
    }

    @Override
    public void prefetch(Batch batch) {
        prefetched.add(batch);
    }

    @Override
    public Session.Memory held() {
        return new Session.Memory(1000, 2000, 3000, 4000);
    }

    @Override
    public void close() {
        closings++;
        inClosing.run();
    }

    @Override
    public ParameterLayout layout() {
        return layout;
    }

    @Override
    public Floats weights() {
        return weights;
    }

    @Override
    public Floats average() {
        return average;
    }

    @Override
    public Floats gradients() {
        return gradients;
    }

    @Override
    public List<Floats> slots() {
        return slots;
    }

    private int at(String parameter) {
        return Math.toIntExact(layout.entry(parameter).offset() / Float.BYTES);
    }

    @Override
    public void write(String parameter, Floats arena, float[] values) {
        System.arraycopy(values, 0, arena.values, at(parameter), values.length);
    }

    @Override
    public void read(String parameter, Floats arena, float[] values) {
        System.arraycopy(arena.values, at(parameter), values, 0, values.length);
    }
}
