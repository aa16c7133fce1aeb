package io.vertebra.onednn.emit;

import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.Input;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.plan.Unit;
import io.vertebra.onednn.kernel.Door;
import io.vertebra.onednn.natives.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Where a plan's tensors come in from arrays of the caller and go out to arrays of the plan. */
final class Doors {
    private final List<FloatsDoor> floats = new ArrayList<>();
    private final List<IntsDoor> ints = new ArrayList<>();
    private final Map<String, Door.FloatsIn> seeds = new LinkedHashMap<>();
    private final Map<String, Tensor.Floats> outputs = new LinkedHashMap<>();

    private record FloatsDoor(String name, Door.FloatsIn door) {}

    private record IntsDoor(String name, Door.IntsIn door) {}

    Backward in(Input op, Unit unit, Lowering l) {
        Operand tensor = l.temporary(l.layout().desc(unit.output()));
        if (op.type() == DataType.I32) {
            Door.IntsIn door = new Door.IntsIn();
            ints.add(new IntsDoor(unit.node().name(), door));
            l.call(l.forward(unit), door, tensor);
        } else {
            Door.FloatsIn door = new Door.FloatsIn();
            floats.add(new FloatsDoor(unit.node().name(), door));
            l.call(l.forward(unit), door, tensor);
        }
        l.define(unit.output(), tensor);
        return Backward.NONE;
    }

    /** The gradient of an output, which the caller gives. */
    Operand seed(String output, int value, Lowering l) {
        Operand tensor = l.temporary(Joins.plain(l.shape(value), Type.F32, l));
        Door.FloatsIn door = new Door.FloatsIn();
        seeds.put(output, door);
        l.call(new Call.Label(output, "seed", "backward data", 0), door, tensor);
        return tensor;
    }

    /** Fixes the order of outputs, which is not that in which they are computed. */
    void announce(Iterable<String> names) {
        names.forEach(name -> outputs.put(name, null));
    }

    /** A value as an output. */
    void out(String name, Shape shape, Operand tensor, String pass, Lowering l) {
        Operand plain = l.convert(tensor, Joins.plain(shape, Type.F32, l), name);
        l.call(new Call.Label(name, "output", pass, 0), new Door.FloatsOut(array(name, shape)), plain);
    }

    /** An output that nothing reaches: zeros. */
    float[] array(String name, Shape shape) {
        float[] array = new float[Math.toIntExact(shape.elements())];
        outputs.put(name, new Tensor.Floats(shape, array));
        return array;
    }

    /** Hands in the arrays of a batch. */
    void set(Batch batch) {
        for (int i = 0; i < floats.size(); i++) { // without an iterator, which would be garbage in each step
            Tensor values = batch.inputs().get(floats.get(i).name());
            floats.get(i).door().set(((Tensor.Floats) values).data());
        }
        for (int i = 0; i < ints.size(); i++) {
            Tensor values = batch.inputs().get(ints.get(i).name());
            ints.get(i).door().set(((Tensor.Ints) values).data());
        }
    }

    /** Hands in the gradients of outputs. */
    void setSeeds(Map<String, Tensor.Floats> gradients) {
        if (!seeds.isEmpty()) {
            seeds.forEach((name, door) -> door.set(gradients.get(name).data()));
        }
    }

    /** What went out in the last run. */
    Outputs outputs() {
        return new Outputs(outputs);
    }
}
