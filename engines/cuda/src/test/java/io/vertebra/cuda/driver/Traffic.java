package io.vertebra.cuda.driver;

import io.vertebra.cuda.device.ConvolutionSpec;
import io.vertebra.cuda.device.Type;
import io.vertebra.cuda.emit.Compiler;
import io.vertebra.cuda.emit.HostCopies;
import io.vertebra.cuda.emit.Operand;
import io.vertebra.cuda.emit.Plan;
import io.vertebra.cuda.emit.Weights;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.op.ParameterSpec;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.plan.Form;
import io.vertebra.graph.plan.Roots;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What a pass in bf16 moves through a card's memory outside of convolutions and products, each tensor counted once a call: from
 * the plan, which is compiled for a card that is not there. Without inputs, outputs and the roundings of parameters.
 *
 * @param calls of kernels and libraries
 * @param bytes of the kernels' tensors, and of what convolutions write beside their result or have a kernel read and write again
 */
public record Traffic(int calls, long bytes) {

    /** Forward and backward from the output {@code loss}, all parameters trained. */
    public static Traffic training(Graph graph, Map<String, Shape> inputs) {
        Set<String> trained = graph.parameters().stream()
                .filter(ParameterSpec::isTrainable)
                .map(ParameterSpec::name)
                .collect(Collectors.toSet());
        return of(graph, Form.differentiated(graph, inputs, true, trained, Set.of("loss"), false), Roots.LOSS);
    }

    /** Forward only. */
    public static Traffic inference(Graph graph, Map<String, Shape> inputs) {
        return of(graph, Form.inference(graph, inputs), Roots.NONE);
    }

    private static Traffic of(Graph graph, Form form, Roots roots) {
        DescribedDevice device = new DescribedDevice();
        try (HostCopies copies = new HostCopies();
                Plan plan = Compiler.compile(form, roots, Set.of(), new Unwritten(graph), device.target(copies))) {
            List<Session.Timing> rows = IntStream.range(0, plan.size())
                    .mapToObj(call -> plan.row(call, 0))
                    .filter(row -> row.implementation().matches("kernel:.*|" + DescribedDevice.CODE))
                    .toList();
            long ofKernels = rows.stream()
                    .filter(row -> !row.implementation().matches("kernel:depthwise.*|" + DescribedDevice.CODE))
                    .mapToLong(Session.Timing::bytes)
                    .sum();
            long beside = device.convolutions().stream()
                    .mapToLong(Traffic::besideTheResult)
                    .sum();
            return new Traffic(rows.size(), ofKernels + beside);
        }
    }

    private static long besideTheResult(ConvolutionSpec spec) {
        if (spec.pass() != ConvolutionSpec.Pass.FORWARD || spec.epilogue().function() == null) {
            return 0;
        }
        long map = (long) spec.n()
                * spec.outH()
                * spec.outW()
                * spec.k()
                * spec.in().bytes();
        boolean isWhole = PlanForm.of(spec).get(0) == PlanForm.WHOLE;
        return (isWhole ? 0 : 2 * map) + (spec.epilogue().keepsArgument() ? map : 0);
    }

    /** Parameters that have sizes, but no values. */
    private static final class Unwritten implements Weights {
        private static final long SOMEWHERE = 4096;

        private final Map<String, Long> elements = new LinkedHashMap<>();

        Unwritten(Graph graph) {
            graph.parameters().forEach(p -> elements.put(p.name(), p.shape().elements()));
        }

        @Override
        public Operand vector(String name) {
            return weight(name, Type.F32);
        }

        @Override
        public Operand gradient(String name) {
            return weight(name, Type.F32);
        }

        @Override
        public Operand weight(String name, Type type) {
            return Operand.at(() -> SOMEWHERE, type, elements.get(name));
        }

        @Override
        public Operand foldedWeight(Node convolution, Node norm, Type type) {
            return weight(convolution.parameter("weight"), type);
        }

        @Override
        public Operand foldedBias(Node convolution, Node norm) {
            return Operand.at(() -> SOMEWHERE, Type.F32, convolution.channels());
        }

        @Override
        public int[] indices(String name) {
            throw new UnsupportedOperationException(name + " has no values");
        }
    }
}
