package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Type;
import io.vertebra.cuda.emit.Call.Label;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.Shape;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Where a plan's tensors go out to arrays of the plan, through page-locked memory. */
final class Exits {
    private final List<FloatsOut> outs = new ArrayList<>();
    private final Map<String, Tensor.Floats> outputs = new LinkedHashMap<>();
    private final Staging staging;
    private final HostCopies copies;

    Exits(Staging staging, HostCopies copies) {
        this.staging = staging;
        this.copies = copies;
    }

    private static final class FloatsOut {
        private final float[] array;
        private final long offset;
        private FloatBuffer view;

        private FloatsOut(float[] array, long offset) {
            this.array = array;
            this.offset = offset;
        }
    }

    /** Fixes the order of outputs, which is not that in which they are computed. */
    void announce(Iterable<String> names) {
        names.forEach(name -> outputs.put(name, null));
    }

    /** A value, or a gradient of its form, as an output. */
    void out(String name, Shape shape, Operand tensor, String pass, Lowering l) {
        Label label = new Label(name, "output", pass, 0);
        Operand plain = tensor;
        if (Doors.isMap(shape)) {
            plain = l.temporary(Type.F32, tensor.elements());
            Layouts.toPlanes(label, tensor, plain, shape, l);
        } else {
            plain = l.convert(tensor, Type.F32, name);
        }
        long offset = staging.take(plain.bytes());
        outs.add(new FloatsOut(array(name, shape), offset));
        l.append(new Call.Download(label, offset, plain));
    }

    /** An output that nothing reaches: zeros. */
    float[] array(String name, Shape shape) {
        float[] array = new float[Math.toIntExact(shape.elements())];
        outputs.put(name, new Tensor.Floats(shape, array));
        return array;
    }

    /** Finds its places in the memory, which is there now. */
    void place() {
        outs.forEach(door -> door.view = staging.floats(door.offset, door.array.length));
    }

    /** Copies what has been downloaded to the arrays of the plan. */
    void read() {
        for (int i = 0; i < outs.size(); i++) { // without an iterator, which would be garbage in each step
            FloatsOut door = outs.get(i);
            copies.get(door.view, door.array);
        }
    }

    /** What went out in the last run. */
    Outputs outputs() {
        return new Outputs(outputs);
    }
}
