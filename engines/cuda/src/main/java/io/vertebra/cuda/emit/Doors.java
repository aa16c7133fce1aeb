package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Device;
import io.vertebra.cuda.device.HostMemory;
import io.vertebra.cuda.device.Resource;
import io.vertebra.cuda.device.Step;
import io.vertebra.cuda.device.Type;
import io.vertebra.cuda.emit.Call.Label;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.Input;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.plan.Form;
import io.vertebra.graph.plan.Unit;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * Where a plan's tensors come in from arrays of the caller, and, as {@link Exits}, where they go out, all through one block of
 * page-locked memory. Owns that block once it is placed.
 */
final class Doors implements Resource {
    private final List<FloatsIn> floats = new ArrayList<>();
    private final List<IntsIn> ints = new ArrayList<>();
    private final List<FloatsIn> seeds = new ArrayList<>();
    private final Map<Integer, Operand> given = new LinkedHashMap<>();
    private final Staging staging = new Staging();
    private final HostCopies copies;
    private final Exits exits;
    private BytesDoor picture;
    private int inputs;
    private int opened;

    Doors(HostCopies copies) {
        this.copies = copies;
        this.exits = new Exits(staging, copies);
    }

    /** The ways out. */
    Exits exits() {
        return exits;
    }

    private static final class FloatsIn {
        private final String name;
        private final long offset;
        private final Operand tensor;
        private FloatBuffer view;

        private FloatsIn(String name, long offset, Operand tensor) {
            this.name = name;
            this.offset = offset;
            this.tensor = tensor;
        }
    }

    private static final class IntsIn {
        private final String name;
        private final long offset;
        private final Operand tensor;
        private IntBuffer view;

        private IntsIn(String name, long offset, Operand tensor) {
            this.name = name;
            this.offset = offset;
            this.tensor = tensor;
        }
    }

    /**
     * The uploads of all inputs, then the orders and types of pictures, before everything else: they are no part of what is
     * recorded, for inputs may have come already, and as bytes.
     */
    void open(Iterable<Unit> units, Lowering l) {
        for (Unit unit : units) {
            if (unit.node().op() instanceof Input op) {
                upload(op, unit, l);
            }
        }
        inputs = l.calls().size();
        for (Unit unit : units) {
            if (unit.node().op() instanceof Input) {
                int value = unit.output();
                Operand tensor = given.get(value);
                Operand map = arranged(tensor, value, l.forward(unit), l);
                given.put(value, map);
                if (picture != null && picture.isOf(value)) {
                    picture.replace(l.calls().size() - 1, l.forward(unit), map);
                }
            }
        }
        opened = l.calls().size();
    }

    private void upload(Input op, Unit unit, Lowering l) {
        String name = unit.node().name();
        Shape shape = l.shape(unit.output());
        boolean isInts = op.type() == DataType.I32;
        boolean isPicture = Form.isPicture(unit.node()) && isMap(shape);
        Type type = isInts ? Type.I32 : Type.F32;
        long elements = shape.elements();
        long packed = isPicture ? HostCopies.bytes(shape) / Float.BYTES : 0;
        Operand room = l.temporary(type, Math.max(elements, packed));
        Operand tensor = Operand.in(room.storage(), type, elements);
        long offset = staging.take(room.bytes());
        if (isInts) {
            ints.add(new IntsIn(name, offset, tensor));
        } else {
            floats.add(new FloatsIn(name, offset, tensor));
        }
        if (isPicture) {
            Operand bytes = Operand.in(room.storage(), type, packed);
            picture = new BytesDoor(unit.output(), l.calls().size(), shape.c(), offset, bytes);
        }
        given.put(unit.output(), tensor);
        l.append(new Call.Upload(l.forward(unit), offset, tensor));
    }

    /** How many calls bring inputs to the device. */
    int inputs() {
        return inputs;
    }

    /** How many calls {@link #open} has made: those, and what brings pictures in order. */
    int opened() {
        return opened;
    }

    /** An input, as calls want it. */
    Backward in(Unit unit, Lowering l) {
        l.define(unit.output(), given.get(unit.output()));
        return Backward.NONE;
    }

    /** The gradient of an output, which the caller gives. */
    Operand seed(String output, int value, Lowering l) {
        Label label = new Label(output, "seed", "backward data", 0);
        Operand tensor = l.temporary(Type.F32, l.shape(value).elements());
        long offset = staging.take(tensor.bytes());
        seeds.add(new FloatsIn(output, offset, tensor));
        l.append(new Call.Upload(label, offset, tensor));
        return arranged(tensor, value, label, l);
    }

    /** Row-major as it came, to the order and type of a value. */
    private static Operand arranged(Operand given, int value, Label label, Lowering l) {
        if (!isMap(l.shape(value))) {
            return given;
        }
        Operand map = l.like(value);
        Layouts.toRows(label, given, map, l.shape(value), l);
        return map;
    }

    /** Whether the order of elements depends on the layout; a picture of one channel or one cell has but one order. */
    static boolean isMap(Shape shape) {
        return shape.rank() == 4;
    }

    /** Takes the page-locked memory. */
    HostMemory place(Device device) {
        if (!staging.isPlaced()) {
            staging.place(device);
            floats.forEach(door -> door.view = staging.floats(door.offset, door.tensor.elements()));
            seeds.forEach(door -> door.view = staging.floats(door.offset, door.tensor.elements()));
            exits.place();
            ints.forEach(door -> door.view =
                    staging.part(door.offset, door.tensor.elements()).asIntBuffer());
            if (picture != null) {
                picture.place(staging.part(picture.offset(), picture.words()));
            }
        }
        return staging.memory();
    }

    /** Gives what is done in place of calls its places. */
    void bind(Call.Binding binding) {
        if (picture != null) {
            picture.bind(binding);
        }
    }

    /** Frees what {@link #bind} has made. */
    void unbind() {
        if (picture != null) {
            picture.unbind();
        }
    }

    /** What is done in place of a call of {@link #open} for this batch, or {@code null}. */
    Step instead(int call, Batch batch) {
        if (picture == null || !(batch.inputs().get(Input.PICTURES) instanceof Tensor.Bytes)) {
            return null;
        }
        return picture.instead(call);
    }

    /** Copies the arrays of a batch to where they are uploaded from. */
    void fill(Batch batch) {
        for (int i = 0; i < floats.size(); i++) { // without an iterator, which would be garbage in each step
            FloatsIn door = floats.get(i);
            Tensor tensor = batch.inputs().get(door.name);
            if (tensor instanceof Tensor.Floats values) {
                copies.put(values.data(), door.view);
            } else {
                copies.put(tensor, picture.view());
            }
        }
        for (int i = 0; i < ints.size(); i++) {
            IntsIn door = ints.get(i);
            copies.put(((Tensor.Ints) batch.inputs().get(door.name)).data(), door.view);
        }
    }

    /** Copies the gradients of outputs to where they are uploaded from. */
    void fillSeeds(Map<String, Tensor.Floats> gradients) {
        for (int i = 0; i < seeds.size(); i++) {
            FloatsIn door = seeds.get(i);
            copies.put(gradients.get(door.name).data(), door.view);
        }
    }

    /** Takes inputs that lie on the device already, each where an address says. */
    void take(Batch batch, ToLongFunction<String> addresses, Device device, long arena) {
        for (int i = 0; i < floats.size(); i++) {
            take(floats.get(i).name, floats.get(i).tensor, batch, addresses, device, arena);
        }
        for (int i = 0; i < ints.size(); i++) {
            take(ints.get(i).name, ints.get(i).tensor, batch, addresses, device, arena);
        }
    }

    private static void take(
            String name, Operand tensor, Batch batch, ToLongFunction<String> addresses, Device device, long arena) {
        long bytes = HostCopies.bytes(batch.inputs().get(name));
        device.copy(addresses.applyAsLong(name), tensor.address(arena), bytes);
    }

    long bytes() {
        return staging.bytes();
    }

    @Override
    public void close() {
        staging.close();
    }
}
