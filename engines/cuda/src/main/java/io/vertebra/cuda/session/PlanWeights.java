package io.vertebra.cuda.session;

import io.vertebra.cuda.device.Device;
import io.vertebra.cuda.device.DeviceMemory;
import io.vertebra.cuda.device.Grid;
import io.vertebra.cuda.device.KernelSource;
import io.vertebra.cuda.device.Step;
import io.vertebra.cuda.device.Type;
import io.vertebra.cuda.emit.Filters;
import io.vertebra.cuda.emit.Operand;
import io.vertebra.cuda.emit.Weights;
import io.vertebra.graph.Node;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.op.BatchNorm;
import io.vertebra.graph.op.Convolution;
import io.vertebra.graph.op.ParameterSpec;
import io.vertebra.graph.session.ParameterLayout;
import io.vertebra.graph.session.Versions;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The weights for one plan under construction: masters where they fit, else copies, which it collects. */
final class PlanWeights implements Weights {
    private static final String FILE = "copies";

    private final Device device;
    private final CudaMasters masters;
    private final Copies copies;
    private final Versions versions;
    private final Session.Weights source;
    private final Set<Copies.Copy> used = new LinkedHashSet<>();

    PlanWeights(Device device, CudaMasters masters, Copies copies, Versions versions, Session.Weights source) {
        this.device = device;
        this.masters = masters;
        this.copies = copies;
        this.versions = versions;
        this.source = source;
    }

    /** The copies that the plan reads. */
    Set<Copies.Copy> used() {
        return used;
    }

    private DeviceMemory arena() {
        return source == Session.Weights.EMA ? masters.average() : masters.weights();
    }

    private long address(String name) {
        return arena().address() + masters.layout().entry(name).offset();
    }

    private long elements(String name) {
        return masters.layout().entry(name).spec().shape().elements();
    }

    @Override
    public Operand vector(String name) {
        return Operand.at(() -> address(name), Type.F32, elements(name));
    }

    @Override
    public int[] indices(String name) {
        ParameterSpec spec = masters.layout().entry(name).spec();
        float[] values = new float[Math.toIntExact(elements(name))];
        masters.read(name, masters.weights(), values); // not the average, which is rounded
        return spec.indices(values);
    }

    @Override
    public Operand gradient(String name) {
        long offset = masters.layout().entry(name).offset();
        return Operand.at(() -> masters.gradients().address() + offset, Type.F32, elements(name));
    }

    /** All weights are cast at once: one kernel over the whole arena, the places those of the masters. */
    @Override
    public Operand weight(String name, Type type) {
        if (type == Type.F32) {
            return vector(name);
        }
        ParameterLayout layout = masters.layout();
        long all = layout.bytes() / Float.BYTES;
        Copies.Copy copy = use(
                "all weights",
                all * type.bytes(),
                memory -> launch("cast_from_float", "layouts", type, all, arena().address(), memory.address(), all),
                false);
        long offset = layout.entry(name).offset() / Float.BYTES * type.bytes();
        return Operand.at(() -> copy.memory().address() + offset, type, elements(name));
    }

    @Override
    public Operand foldedWeight(Node convolution, Node norm, Type type) {
        String name = convolution.parameter("weight");
        Convolution op = (Convolution) convolution.op();
        long elements = elements(name);
        int channels = masters.layout().entry(name).spec().shape().get(1) * op.groups();
        long inner = Filters.areSingle(op, channels) ? 1 : elements / op.out();
        Copies.Copy copy = use(
                name + " with " + norm.scope(),
                elements * type.bytes(),
                memory -> launch(
                        "fold_weight",
                        FILE,
                        type,
                        elements,
                        address(name),
                        address(norm.parameters().get(0).name()),
                        variance(norm),
                        epsilon(norm),
                        memory.address(),
                        elements,
                        op.out(),
                        inner),
                true);
        return Operand.at(() -> copy.memory().address(), type, elements);
    }

    @Override
    public Operand foldedBias(Node convolution, Node norm) {
        Convolution op = (Convolution) convolution.op();
        boolean isNorm = norm.op() instanceof BatchNorm;
        Copies.Copy copy = use(
                convolution.parameter("bias") + " with " + norm.scope(),
                (long) op.out() * Float.BYTES,
                memory -> launch(
                        "fold_bias",
                        FILE,
                        Type.F32,
                        op.out(),
                        op.bias() ? address(convolution.parameter("bias")) : 0L,
                        address(norm.parameters().get(0).name()),
                        isNorm ? address(norm.parameter("bias")) : 0L,
                        isNorm ? address(norm.parameter("running_mean")) : 0L,
                        variance(norm),
                        epsilon(norm),
                        memory.address(),
                        op.out()),
                true);
        return Operand.at(() -> copy.memory().address(), Type.F32, op.out());
    }

    /** 0 for a layer scale, which has none. */
    private long variance(Node norm) {
        return norm.op() instanceof BatchNorm ? address(norm.parameter("running_var")) : 0L;
    }

    private static float epsilon(Node norm) {
        return norm.op() instanceof BatchNorm op ? (float) op.epsilon() : 0;
    }

    private Step launch(String function, String file, Type type, long threads, Number... arguments) {
        return device.launch(new KernelSource(file, type), function, Grid.over(threads), List.of(arguments));
    }

    private Copies.Copy use(
            String name, long bytes, java.util.function.Function<DeviceMemory, Step> filling, boolean ofStatistics) {
        Copies.Copy copy = copies.get(source + " " + name, bytes, filling, () -> versions.of(true, ofStatistics));
        used.add(copy);
        return copy;
    }
}
