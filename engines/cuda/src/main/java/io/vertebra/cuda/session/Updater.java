package io.vertebra.cuda.session;

import io.vertebra.cuda.device.Device;
import io.vertebra.cuda.device.DeviceMemory;
import io.vertebra.cuda.device.Grid;
import io.vertebra.cuda.device.HostMemory;
import io.vertebra.cuda.device.KernelSource;
import io.vertebra.cuda.device.Resource;
import io.vertebra.cuda.device.Step;
import io.vertebra.cuda.device.Type;
import io.vertebra.graph.engine.Groups;
import io.vertebra.graph.engine.Optimizer;
import io.vertebra.graph.engine.Scalars;
import io.vertebra.graph.engine.Update;
import io.vertebra.graph.session.ParameterLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Moves the weights of flat arenas on the device: mean over micro-batches, clipping by the global norm, the optimizer's rule,
 * the moving average. Its steps are made once; what changes from one to the next is written by {@link #set} to page-locked
 * memory, from where each list of steps brings it to the device first. So {@code set} comes before the steps are appended, and
 * again only when the queue has passed them.
 *
 * <p>Owns its steps and a few small buffers; not the arenas. Confined to the session's lock.
 */
final class Updater implements Resource {
    private static final KernelSource SOURCE = new KernelSource("updates", Type.F32);

    /** Elements of a thread. */
    private static final int PACK = 4;

    private static final int BLOCKS_A_PROCESSOR = 8;

    // places of the numbers of a step; the kernels say what they are
    private static final int MEAN = 0;
    private static final int ADDS = 1;
    private static final int CORRECTION = 2;
    private static final int SCALE = 3;
    private static final int GROUPS = 4;

    /**
     * Addresses on the device; 0 for what there is not.
     *
     * @param weights F32 of all parameters and buffers
     * @param bytes of the weights
     * @param gradients F32
     * @param slots F32 arrays of the optimizer, in the order of its names
     * @param ema moving average of all weights
     * @param sums of gradients over micro-batches
     */
    record Arenas(long weights, long bytes, long gradients, List<Long> slots, long ema, long sums) {
        Arenas {
            slots = List.copyOf(slots);
        }
    }

    private final Device device;
    private final Update update;
    private final List<ParameterLayout.Segment> segments;
    private final Arenas arenas;
    private final List<Resource> owned = new ArrayList<>();
    private final DeviceMemory scalars;
    private final ByteBuffer numbers;
    private final List<Step> accumulate;
    private final List<Step> applyGradients;
    private final List<Step> applySums;

    /** For arenas that stay where they are. */
    Updater(Device device, Update update, List<ParameterLayout.Segment> segments, Arenas arenas) {
        this.device = device;
        this.update = update;
        this.segments = List.copyOf(segments);
        this.arenas = arenas;
        try {
            long bytes = (long) Float.BYTES * (GROUPS + 2 * segments.size());
            HostMemory staging = own(device.pin(bytes, "the numbers of an update"));
            this.numbers = staging.bytes();
            this.scalars = own(device.allocate(bytes, "the numbers of an update"));
            Step upload = own(device.upload(staging, 0, scalars.address(), bytes));
            this.accumulate = arenas.sums() == 0 ? List.of() : accumulate(upload);
            this.applyGradients = apply(upload, arenas.gradients());
            this.applySums = arenas.sums() == 0 ? List.of() : apply(upload, arenas.sums());
        } catch (RuntimeException | Error e) {
            close(); // nobody else knows it yet
            throw e;
        }
    }

    private <C extends Resource> C own(C resource) {
        owned.add(resource);
        return resource;
    }

    /** Adds the gradients to the sums, or makes them the sums in the first micro-batch. */
    List<Step> accumulate() {
        return required(accumulate);
    }

    /** Moves the weights by the gradients themselves, which are those of the only micro-batch. */
    List<Step> applyGradients() {
        return applyGradients;
    }

    /** Moves the weights by the mean of the sums. */
    List<Step> applySums() {
        return required(applySums);
    }

    private static List<Step> required(List<Step> steps) {
        if (steps.isEmpty()) {
            throw new IllegalStateException("no memory was given for sums of gradients");
        }
        return steps;
    }

    /** The numbers of the next step. */
    void set(Scalars step) {
        float mean = (float) (1.0 / (step.microBatch() + 1));
        put(MEAN, mean);
        put(ADDS, step.microBatch());
        put(SCALE, mean);
        double warmUp = 1;
        put(CORRECTION, 1);
        if (update.optimizer() instanceof Optimizer.AdamW rule) {
            double count = step.step() + 1.0;
            warmUp = 1 - Math.pow(rule.beta1(), count);
            put(CORRECTION, (float) (1 / Math.sqrt(1 - Math.pow(rule.beta2(), count))));
        }
        boolean decouples = update.optimizer() instanceof Optimizer.AdamW;
        for (int i = 0; i < segments.size(); i++) { // without an iterator, which would be garbage in each step
            Groups.Group group = segments.get(i).group();
            double rate = step.learningRate() * group.rateFactor();
            put(GROUPS + 2 * i, (float) (rate / warmUp));
            put(GROUPS + 2 * i + 1, (float) (decouples ? 1 - rate * group.decay() : group.decay()));
        }
    }

    private void put(int place, float number) {
        numbers.putFloat(place * Float.BYTES, number);
    }

    private List<Step> accumulate(Step upload) {
        List<Step> steps = new ArrayList<>(List.of(upload));
        for (ParameterLayout.Segment s : segments) {
            long gradients = arenas.gradients() + s.offset();
            long sums = arenas.sums() + s.offset();
            steps.add(launch("accumulate", packs(s.bytes()), gradients, scalars.address(), sums, numbers(s.bytes())));
        }
        return List.copyOf(steps);
    }

    private List<Step> apply(Step upload, long gradients) {
        List<Step> steps = new ArrayList<>(List.of(upload));
        if (update.clipNorm() > 0) {
            clip(gradients, steps);
        }
        for (int i = 0; i < segments.size(); i++) {
            steps.add(rule(segments.get(i), i, gradients + segments.get(i).offset()));
        }
        if (update.hasEma()) {
            float keep = (float) update.emaDecay();
            float take = (float) (1 - update.emaDecay());
            long all = arenas.bytes();
            steps.add(launch("ema", packs(all), arenas.ema(), arenas.weights(), keep, take, numbers(all)));
        }
        return List.copyOf(steps);
    }

    private void clip(long gradients, List<Step> steps) {
        int most = BLOCKS_A_PROCESSOR * device.processors();
        List<Grid> grids = segments.stream()
                .map(s -> Grid.of(Math.min(most, packs(s.bytes()).x()), Grid.THREADS))
                .toList();
        int count = grids.stream().mapToInt(Grid::x).sum();
        DeviceMemory partial = own(device.allocate((long) Double.BYTES * count, "the norm of the gradients"));
        long at = partial.address();
        for (int i = 0; i < segments.size(); i++) {
            ParameterLayout.Segment s = segments.get(i);
            steps.add(launch("squares", grids.get(i), gradients + s.offset(), numbers(s.bytes()), at));
            at += (long) Double.BYTES * grids.get(i).x();
        }
        Grid one = Grid.of(1, Grid.THREADS);
        steps.add(launch("clip_scale", one, partial.address(), count, (float) update.clipNorm(), scalars.address()));
    }

    private Step rule(ParameterLayout.Segment s, int group, long gradient) {
        Grid grid = packs(s.bytes());
        long weights = arenas.weights() + s.offset();
        if (update.optimizer() instanceof Optimizer.AdamW rule) {
            return launch(
                    "adam_w",
                    grid,
                    weights,
                    gradient,
                    arenas.slots().get(0) + s.offset(),
                    arenas.slots().get(1) + s.offset(),
                    scalars.address(),
                    group,
                    (float) rule.beta1(),
                    (float) (1 - rule.beta1()), // 1 - 0.999f is off by 5e-5
                    (float) rule.beta2(),
                    (float) (1 - rule.beta2()),
                    (float) rule.epsilon(),
                    numbers(s.bytes()));
        }
        Optimizer.Sgd rule = (Optimizer.Sgd) update.optimizer();
        long momentum = rule.momentum() > 0 ? arenas.slots().get(0) + s.offset() : 0L;
        return launch(
                "sgd",
                grid,
                weights,
                gradient,
                momentum,
                scalars.address(),
                group,
                (float) rule.momentum(),
                rule.nesterov() ? 1 : 0,
                numbers(s.bytes()));
    }

    private static long numbers(long bytes) {
        return bytes / Float.BYTES;
    }

    private static Grid packs(long bytes) {
        return Grid.over((numbers(bytes) + PACK - 1) / PACK);
    }

    private Step launch(String function, Grid grid, Number... arguments) {
        return own(device.launch(SOURCE, function, grid, List.of(arguments)));
    }

    /** The name of the code. */
    String implementation() {
        return "kernel:" + (update.optimizer() instanceof Optimizer.AdamW ? "adam_w" : "sgd");
    }

    @Override
    public void close() {
        for (int i = owned.size() - 1; i >= 0; i--) {
            owned.get(i).close();
        }
        owned.clear();
    }
}
