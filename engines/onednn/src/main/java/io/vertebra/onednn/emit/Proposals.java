package io.vertebra.onednn.emit;

import io.vertebra.graph.Node;
import io.vertebra.graph.op.RegionLabels;
import io.vertebra.graph.op.RegionProposals;
import io.vertebra.graph.op.RegionSamples;
import io.vertebra.graph.op.RegionTargets;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import io.vertebra.graph.plan.Unit;
import io.vertebra.onednn.kernel.Kernel;
import io.vertebra.onednn.kernel.RegionLabelsKernel;
import io.vertebra.onednn.kernel.RegionProposalsKernel;
import io.vertebra.onednn.kernel.RegionSamplesKernel;
import io.vertebra.onednn.kernel.RegionTargetsKernel;
import io.vertebra.onednn.natives.Type;
import io.vertebra.onednn.pass.Order;
import java.util.ArrayList;
import java.util.List;

/** What stands between the stages of a detector: regions, and what is to be learnt of them. Nothing gets a gradient. */
final class Proposals {
    private Proposals() {}

    static Backward proposals(RegionProposals op, Unit unit, Lowering l) {
        List<Node> inputs = unit.node().inputs();
        Shape logits = l.shape(unit.inputs().get(0));
        Size picture = size(inputs.get(op.sizedBy()), l);
        List<Size> grids = new ArrayList<>();
        for (Node level : inputs.subList(RegionProposals.FIRST_LEVEL, inputs.size())) {
            grids.add(size(level, l));
        }
        return emit(new RegionProposalsKernel(op, grids, picture, logits.n(), logits.get(1)), unit, l);
    }

    private static Size size(Node map, Lowering l) {
        Shape shape = l.shape(map.index());
        return new Size(shape.h(), shape.w());
    }

    static Backward samples(RegionSamples op, Unit unit, Lowering l) {
        Truths t = Truths.of(unit, l);
        int node = unit.node().index();
        return emit(new RegionSamplesKernel(op, t.regions, t.objects, t.pictures, l.counter(), node), unit, l);
    }

    static Backward labels(RegionLabels op, Unit unit, Lowering l) {
        Truths t = Truths.of(unit, l);
        return emit(new RegionLabelsKernel(op, t.regions, t.objects, t.pictures), unit, l);
    }

    static Backward targets(RegionTargets op, Unit unit, Lowering l) {
        Truths t = Truths.of(unit, l);
        return emit(new RegionTargetsKernel(op, t.regions, t.objects, t.pictures), unit, l);
    }

    /** How many there are: regions, rows of objects of all pictures, pictures. */
    private record Truths(int regions, int objects, int pictures) {
        static Truths of(Unit unit, Lowering l) {
            Shape labels = l.shape(unit.inputs().get(2));
            int objects = Math.toIntExact(labels.elements());
            return new Truths(l.shape(unit.inputs().get(0)).n(), objects, labels.n());
        }
    }

    /** Row-major; boxes in fp32 whatever the precision. */
    private static Backward emit(Kernel kernel, Unit unit, Lowering l) {
        List<Operand> operands = new ArrayList<>();
        for (int input : unit.inputs()) {
            Type type = l.layout().type(input) == Type.S32 ? Type.S32 : Type.F32;
            operands.add(l.value(input, l.layout().desc(input, Order.PLAIN, type)));
        }
        Operand result = l.temporary(l.layout().desc(unit.output()));
        operands.add(result);
        l.call(l.forward(unit), kernel, operands.toArray(Operand[]::new));
        l.define(unit.output(), result);
        return Backward.NONE;
    }
}
