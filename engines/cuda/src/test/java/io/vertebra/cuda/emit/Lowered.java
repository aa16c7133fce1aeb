package io.vertebra.cuda.emit;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.cuda.device.DeviceMemory;
import io.vertebra.cuda.device.MathMode;
import io.vertebra.cuda.device.Type;
import io.vertebra.cuda.emulated.KernelBench;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.contract.Fill;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.CounterHash;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.ParameterSpec;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.plan.Form;
import io.vertebra.graph.plan.Roots;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A graph, compiled and run once forwards and backwards on the emulated card, without a session. Of convolutions it may have
 * those of one filter a channel.
 */
final class Lowered implements Weights, AutoCloseable {
    private final KernelBench bench = new KernelBench();
    private final Map<String, ParameterSpec> specs = new LinkedHashMap<>();
    private final Map<String, DeviceMemory> parameters = new LinkedHashMap<>();
    private final Map<String, DeviceMemory> gradients = new LinkedHashMap<>();

    /**
     * What a pass gives.
     *
     * @param outputs the graph's, and the gradients of the picture and of parameters under {@code grad.} and their names
     * @param parameters afterwards
     */
    record Result(Map<String, float[]> outputs, Map<String, float[]> parameters) {}

    /** {@code trained}: parameters that are differentiated, {@code ofPicture}: whether the picture is. */
    static Result run(
            Graph graph,
            Parameters parameters,
            Batch batch,
            Map<String, Tensor.Floats> ofOutputs,
            Type compute,
            boolean training,
            Set<String> trained,
            boolean ofPicture) {
        try (Lowered lowered = new Lowered()) {
            lowered.put(parameters, trained);
            Form form = Form.differentiated(graph, batch.shapes(), training, trained, ofOutputs.keySet(), ofPicture);
            return lowered.run(form, batch, ofOutputs, compute);
        }
    }

    /** The calls of both passes, every parameter and the picture differentiated: {@code "unit: code"}. */
    static List<String> calls(Graph graph, Shape image, Type compute) {
        Precision precision = compute == Type.BF16 ? Precision.BF16 : Precision.FP32;
        Parameters parameters = Fill.parameters(graph, precision, new SplittableRandom(1));
        Set<String> trained = graph.parameters().stream()
                .filter(ParameterSpec::isTrainable)
                .map(ParameterSpec::name)
                .collect(Collectors.toSet());
        try (Lowered lowered = new Lowered()) {
            lowered.put(parameters, trained);
            Set<String> outputs = graph.outputs().keySet();
            Form form = Form.differentiated(graph, Map.of("input", image), true, trained, outputs, true);
            return lowered.calls(form, Roots.GIVEN, outputs, compute);
        }
    }

    /** Those where nothing is differentiated. */
    static List<String> inferenceCalls(Graph graph, Shape image, Type compute) {
        try (Lowered lowered = new Lowered()) {
            lowered.put(Fill.parameters(graph, Precision.FP32, new SplittableRandom(1)), Set.of());
            Form form = Form.inference(graph, Map.of("input", image));
            return lowered.calls(form, Roots.NONE, Set.of(), compute);
        }
    }

    private List<String> calls(Form form, Roots roots, Set<String> given, Type compute) {
        try (Plan plan = Compiler.compile(form, roots, given, this, target(compute))) {
            return IntStream.range(0, plan.size())
                    .mapToObj(i -> plan.row(i, 0))
                    .map(row -> row.name() + ": " + row.implementation().replace("kernel:", ""))
                    .toList();
        }
    }

    private void put(Parameters values, Set<String> trained) {
        for (String name : values.names()) {
            specs.put(name, values.spec(name));
            parameters.put(name, bench.put(Type.F32, turned(values.spec(name), values.get(name), false)));
            if (trained.contains(name)) {
                gradients.put(name, bench.room(Type.F32, values.get(name).length));
            }
        }
    }

    private Target target(Type compute) {
        return new Target(bench.device(), new HostCopies(), compute, MathMode.STRICT, true);
    }

    private Result run(Form form, Batch batch, Map<String, Tensor.Floats> ofOutputs, Type compute) {
        Map<String, float[]> outputs = new LinkedHashMap<>();
        try (Plan plan = Compiler.compile(form, Roots.GIVEN, ofOutputs.keySet(), this, target(compute))) {
            DeviceMemory arena = bench.room(Type.F32, (plan.activationBytes() + plan.scratchBytes()) / Float.BYTES);
            plan.bind(arena.address());
            assertThat(bench.device().unprepared()).isEmpty();
            var given = plan.run(batch, ofOutputs, node -> CounterHash.key(0, 0, 0, node), Ahead.NONE);
            for (String name : given.names()) {
                outputs.put(name, given.get(name).data().clone());
            }
        }
        gradients.forEach((name, memory) -> outputs.put("grad." + name, read(name, memory)));
        Map<String, float[]> after = new LinkedHashMap<>();
        parameters.forEach((name, memory) -> after.put(name, read(name, memory)));
        return new Result(outputs, after);
    }

    /** Filters of one channel (K, 1, R, S) as (R, S, K), or back; anything else as it is. */
    private static float[] turned(ParameterSpec spec, float[] values, boolean back) {
        if (spec.shape().rank() < 4) {
            return values;
        }
        int filters = spec.shape().n();
        int rows = back ? values.length / filters : filters;
        int columns = values.length / rows;
        float[] turned = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            turned[i % columns * rows + i / columns] = values[i];
        }
        return turned;
    }

    private float[] read(String name, DeviceMemory memory) {
        return turned(specs.get(name), bench.floats(memory, Type.F32), true);
    }

    private static Operand operand(DeviceMemory memory) {
        return Operand.at(memory::address, Type.F32, memory.bytes() / Float.BYTES);
    }

    @Override
    public Operand vector(String name) {
        return operand(parameters.get(name));
    }

    @Override
    public int[] indices(String name) {
        return specs.get(name).indices(read(name, parameters.get(name)));
    }

    @Override
    public Operand gradient(String name) {
        return operand(gradients.get(name));
    }

    @Override
    public Operand weight(String name, Type type) {
        DeviceMemory copy = bench.put(type, bench.floats(parameters.get(name), Type.F32));
        return Operand.at(copy::address, type, copy.bytes() / type.bytes());
    }

    @Override
    public Operand foldedWeight(Node convolution, Node norm, Type type) {
        throw new AssertionError("no convolutions here: " + convolution.name());
    }

    @Override
    public Operand foldedBias(Node convolution, Node norm) {
        throw new AssertionError("no convolutions here: " + convolution.name());
    }

    @Override
    public void close() {
        bench.close();
    }
}
