package io.vertebra.cuda.emit;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.cuda.device.DeviceMemory;
import io.vertebra.cuda.device.MathMode;
import io.vertebra.cuda.device.Type;
import io.vertebra.cuda.emulated.EmulatedDevice;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.contract.Agreement;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.BoxSmoothL1;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.HardNegativeCrossEntropy;
import io.vertebra.graph.op.Input;
import io.vertebra.graph.op.Op;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.SigmoidFocal;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import io.vertebra.graph.op.SoftmaxDice;
import io.vertebra.graph.op.WeightedSum;
import io.vertebra.graph.pass.MemoryPlan;
import io.vertebra.graph.plan.Form;
import io.vertebra.graph.plan.GradientFlow;
import io.vertebra.graph.plan.Program;
import io.vertebra.graph.plan.Unit;
import io.vertebra.graph.reference.Pass;
import io.vertebra.graph.reference.ReferenceInterpreter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Lowers a graph of nothing but inputs and losses, runs it, and compares it with the reference. */
final class LossBench {
    private static final String LOSS = "loss";
    private static final String GRADIENT = "grad.input";
    private static final int ALIGNMENT = 256;

    private final Graph graph;
    private final Batch batch;

    private LossBench(Graph graph, Batch batch) {
        this.graph = graph;
        this.batch = batch;
    }

    /** A loss of these tensors in the order of its inputs, of which the first is differentiated. */
    static LossBench of(Op op, Tensor... tensors) {
        GraphBuilder g = new GraphBuilder();
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        Node[] nodes = new Node[tensors.length];
        for (int i = 0; i < tensors.length; i++) {
            String name = i == 0 ? "input" : "input_" + i;
            DataType type = tensors[i] instanceof Tensor.Ints ? DataType.I32 : DataType.F32;
            nodes[i] = g.input(name, type, ofAnyBatch(tensors[i].shape()));
            inputs.put(name, tensors[i]);
        }
        g.output(LOSS, g.apply(op, nodes));
        return new LossBench(g.build(), new Batch(inputs));
    }

    private static Shape ofAnyBatch(Shape shape) {
        int[] extents = shape.toArray();
        extents[0] = Shape.ANY;
        return Shape.of(extents);
    }

    /** A graph of losses, one of which reads {@code input}. */
    static LossBench of(Graph graph, Batch batch) {
        return new LossBench(graph, batch);
    }

    /** Loss and gradient are the reference's to this share of the largest, and the same in a second pass. */
    void agrees(double tolerance) {
        Pass pass =
                new ReferenceInterpreter(graph, Map.of()).forward(widened(), io.vertebra.graph.reference.Form.TRAINING);
        Outputs once = run(true);
        double[] loss = pass.output(LOSS).data();
        Agreement.largest(LOSS, once.get(LOSS).data(), loss, tolerance * Math.abs(loss[0]));
        double[] gradient = pass.backward(Map.of(LOSS, new double[] {1}))
                .value(graph.node("input"))
                .data();
        Agreement.largest(GRADIENT, once.get(GRADIENT).data(), gradient, tolerance * Agreement.largest(gradient));
        assertThat(run(false).get(LOSS).data()).isEqualTo(once.get(LOSS).data());
    }

    private Map<String, io.vertebra.graph.reference.DoubleTensor> widened() {
        Map<String, io.vertebra.graph.reference.DoubleTensor> wide = new LinkedHashMap<>();
        batch.inputs().forEach((name, tensor) -> wide.put(name, io.vertebra.graph.reference.DoubleTensor.of(tensor)));
        return wide;
    }

    float loss() {
        return run(false).get(LOSS).data()[0];
    }

    float[] gradient() {
        return run(true).get(GRADIENT).data();
    }

    /** The outputs; with a gradient those of the second of two passes, which must be those of the first. */
    private Outputs run(boolean differentiated) {
        Set<String> roots = differentiated ? Set.of(LOSS) : Set.of();
        Form form = Form.differentiated(graph, batch.shapes(), true, Set.of(), roots, true);
        Program program = Program.of(form);
        try (EmulatedDevice device = new EmulatedDevice()) {
            Lowering l =
                    new Lowering(program, null, new Target(device, new HostCopies(), Type.F32, MathMode.STRICT, true));
            try (Plan plan = plan(l, differentiated);
                    DeviceMemory arena = device.allocate(plan.activationBytes(), "values")) {
                plan.bind(arena.address());
                Outputs first = plan.run(batch, Map.of(), node -> 0, Ahead.NONE).copy();
                Outputs second = plan.run(batch, Map.of(), node -> 0, Ahead.NONE);
                first.names()
                        .forEach(name -> assertThat(second.get(name).data())
                                .isEqualTo(first.get(name).data()));
                device.check();
                return second.copy();
            }
        }
    }

    private static Plan plan(Lowering l, boolean differentiated) {
        Doors doors = new Doors(l.target().copies());
        doors.exits().announce(List.of(LOSS));
        doors.open(l.program().units(), l);
        List<Backward> backwards = new ArrayList<>();
        for (Unit unit : l.program().units()) {
            backwards.add(lower(unit, l, doors));
        }
        int loss = l.program().outputs().get(LOSS);
        doors.exits().out(LOSS, l.shape(loss), l.value(loss), "forward", l);
        if (differentiated) {
            GradientFlow<Operand> flow = new GradientFlow<>(l.program(), (value, part) -> part, (unit, a, b) -> {
                throw new AssertionError("two losses of " + unit.name());
            });
            flow.contribute(loss, l.one());
            flow.run(backwards);
            int input = l.form().graph().node("input").index();
            doors.exits().out(GRADIENT, l.shape(input), flow.of(input), "backward data", l);
        }
        return new Plan(l, doors, Math.max(1, MemoryPlan.assign(l.storages(), ALIGNMENT)));
    }

    private static Backward lower(Unit unit, Lowering l, Doors doors) {
        Op any = unit.node().op();
        if (any instanceof Input) {
            return doors.in(unit, l);
        } else if (any instanceof SoftmaxCrossEntropy op) {
            return Losses.softmaxCrossEntropy(op, unit, l);
        } else if (any instanceof SoftmaxDice op) {
            return Losses.softmaxDice(op, unit, l);
        } else if (any instanceof HardNegativeCrossEntropy op) {
            return Losses.hardNegativeCrossEntropy(op, unit, l);
        } else if (any instanceof SigmoidFocal op) {
            return Losses.sigmoidFocal(op, unit, l);
        } else if (any instanceof BoxSmoothL1 op) {
            return Losses.boxSmoothL1(op, unit, l);
        }
        return Losses.weightedSum((WeightedSum) any, unit, l);
    }

    // numbers

    /** Normal numbers of a seed. */
    static Tensor.Floats normal(long seed, int... extents) {
        Shape shape = Shape.of(extents);
        java.util.SplittableRandom random = new java.util.SplittableRandom(seed);
        float[] data = new float[Math.toIntExact(shape.elements())];
        for (int i = 0; i < data.length; i++) {
            data[i] = (float) random.nextGaussian();
        }
        return new Tensor.Floats(shape, data);
    }

    /** Whole numbers from {@code from} on, below {@code to}. */
    static Tensor.Ints whole(long seed, int from, int to, int... extents) {
        Shape shape = Shape.of(extents);
        int[] data = new java.util.SplittableRandom(seed)
                .ints(shape.elements(), from, to)
                .toArray();
        return new Tensor.Ints(shape, data);
    }
}
