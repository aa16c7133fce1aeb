package io.vertebra.cuda.driver;

import static org.bytedeco.cuda.global.cudnn.CUDNN_TYPE_BACKEND_DESCRIPTOR;
import static org.bytedeco.cuda.global.cudnn.CUDNN_TYPE_BOOLEAN;
import static org.bytedeco.cuda.global.cudnn.CUDNN_TYPE_CHAR;
import static org.bytedeco.cuda.global.cudnn.CUDNN_TYPE_FLOAT;
import static org.bytedeco.cuda.global.cudnn.CUDNN_TYPE_HANDLE;
import static org.bytedeco.cuda.global.cudnn.CUDNN_TYPE_INT64;
import static org.bytedeco.cuda.global.cudnn.CUDNN_TYPE_VOID_PTR;
import static org.bytedeco.cuda.global.cudnn.cudnnBackendCreateDescriptor;
import static org.bytedeco.cuda.global.cudnn.cudnnBackendDestroyDescriptor;
import static org.bytedeco.cuda.global.cudnn.cudnnBackendFinalize;
import static org.bytedeco.cuda.global.cudnn.cudnnBackendGetAttribute;
import static org.bytedeco.cuda.global.cudnn.cudnnBackendSetAttribute;

import io.vertebra.graph.engine.EngineException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.StringJoiner;
import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.cuda.cudnn.cudnnBackendDescriptor_t;
import org.bytedeco.cuda.cudnn.cudnnContext;
import org.bytedeco.javacpp.BoolPointer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/** A descriptor of cuDNN's backend: attributes are set, then it is finished and cannot change any more. */
final class Descriptor implements AutoCloseable {
    private static final String SET = "cudnnBackendSetAttribute ";
    private static final String GET = "cudnnBackendGetAttribute ";

    private static final AtomicInteger LIVE = new AtomicInteger();

    private final String operator;
    private final cudnnBackendDescriptor_t descriptor = new cudnnBackendDescriptor_t();
    private final StringJoiner said;

    /** Of one of cuDNN's kinds; the operator is named in messages. */
    Descriptor(int kind, String operator) {
        this.operator = operator;
        this.said = new StringJoiner(" ", kind + "(", ")");
        Status.cudnn(cudnnBackendCreateDescriptor(kind, descriptor), operator, "cudnnBackendCreateDescriptor " + kind);
        LIVE.incrementAndGet();
    }

    /** Those of this process that are not closed, for tests. */
    static int live() {
        return LIVE.get();
    }

    /** All constants, numbers and descriptors that it was given: what tells graphs apart. */
    String text() {
        return said.toString();
    }

    private void say(int attribute, Object values) {
        said.add(attribute + "=" + values);
    }

    cudnnBackendDescriptor_t pointer() {
        return descriptor;
    }

    /** Constants of one of cuDNN's types. */
    Descriptor constants(int attribute, int type, int... values) {
        say(attribute, Arrays.toString(values));
        try (IntPointer pointer = new IntPointer(values)) {
            return set(attribute, type, values.length, pointer);
        }
    }

    Descriptor longs(int attribute, long... values) {
        say(attribute, Arrays.toString(values));
        try (LongPointer pointer = new LongPointer(values)) {
            return set(attribute, CUDNN_TYPE_INT64, values.length, pointer);
        }
    }

    Descriptor real(int attribute, float value) {
        say(attribute, value);
        try (FloatPointer pointer = new FloatPointer(new float[] {value})) {
            return set(attribute, CUDNN_TYPE_FLOAT, 1, pointer);
        }
    }

    Descriptor yes(int attribute) {
        say(attribute, true);
        try (BoolPointer pointer = new BoolPointer(1).put(true)) {
            return set(attribute, CUDNN_TYPE_BOOLEAN, 1, pointer);
        }
    }

    Descriptor descriptors(int attribute, List<Descriptor> values) {
        say(attribute, values.stream().map(Descriptor::text).toList());
        try (PointerPointer<Pointer> pointers = pointers(values)) {
            return set(attribute, CUDNN_TYPE_BACKEND_DESCRIPTOR, values.size(), pointers);
        }
    }

    Descriptor descriptor(int attribute, Descriptor value) {
        return descriptors(attribute, List.of(value));
    }

    Descriptor handle(int attribute, cudnnContext handle) {
        try (PointerPointer<Pointer> pointer = new PointerPointer<Pointer>(1).put(0, handle)) {
            return set(attribute, CUDNN_TYPE_HANDLE, 1, pointer);
        }
    }

    Descriptor addresses(int attribute, long... values) {
        try (LongPointer pointer = new LongPointer(values)) { // pointers have 64 bits
            return set(attribute, CUDNN_TYPE_VOID_PTR, values.length, pointer);
        }
    }

    /** Values of any type. */
    Descriptor set(int attribute, int type, long count, Pointer values) {
        Status.cudnn(cudnnBackendSetAttribute(descriptor, attribute, type, count, values), operator, SET + attribute);
        return this;
    }

    /** No attribute can be set after this. */
    Descriptor finish() {
        Status.cudnn(tryFinish(), operator, "cudnnBackendFinalize");
        return this;
    }

    /** The same, where a refusal is an answer: cuDNN's status. */
    int tryFinish() {
        return cudnnBackendFinalize(descriptor);
    }

    /** Characters. */
    Descriptor text(int attribute, byte[] values) {
        try (BytePointer pointer = new BytePointer(Arrays.copyOf(values, values.length + 1))) { // ends with a zero
            return set(attribute, CUDNN_TYPE_CHAR, values.length, pointer);
        }
    }

    byte[] getText(int attribute) {
        try (LongPointer count = new LongPointer(1)) {
            get(attribute, CUDNN_TYPE_CHAR, 0, count, null);
            long most = count.get();
            try (BytePointer pointer = new BytePointer(most)) {
                get(attribute, CUDNN_TYPE_CHAR, most, count, pointer);
                byte[] values = new byte[Math.toIntExact(Math.min(most, count.get()))];
                pointer.get(values);
                return values;
            }
        }
    }

    long getLong(int attribute) {
        try (LongPointer count = new LongPointer(1);
                LongPointer value = new LongPointer(1)) {
            get(attribute, CUDNN_TYPE_INT64, 1, count, value);
            requireOne(attribute, count);
            return value.get();
        }
    }

    /** What cuDNN has not written is whatever lay there before. */
    private void requireOne(int attribute, LongPointer count) {
        if (count.get() < 1) {
            throw Status.failed(EngineException.Kind.FAILED, operator, GET + attribute, "no value", "");
        }
    }

    /** Constants of one of cuDNN's types, at most so many. */
    List<Integer> getConstants(int attribute, int type, int most) {
        try (LongPointer count = new LongPointer(1);
                IntPointer values = new IntPointer((long) most)) {
            get(attribute, type, most, count, values);
            int[] array = new int[(int) Math.min(most, count.get())];
            values.get(array);
            return Arrays.stream(array).boxed().toList();
        }
    }

    /** One descriptor of a kind, which the caller closes. */
    Descriptor getDescriptor(int attribute, int kind) {
        Descriptor made = new Descriptor(kind, operator);
        try (LongPointer count = new LongPointer(1);
                PointerPointer<Pointer> pointer = pointers(List.of(made))) {
            get(attribute, CUDNN_TYPE_BACKEND_DESCRIPTOR, 1, count, pointer);
            requireOne(attribute, count);
            return made;
        } catch (RuntimeException | Error e) {
            made.close();
            throw e;
        }
    }

    /** Descriptors of a kind, which the caller closes. */
    List<Descriptor> getDescriptors(int attribute, int kind) {
        try (LongPointer count = new LongPointer(1)) {
            get(attribute, CUDNN_TYPE_BACKEND_DESCRIPTOR, 0, count, null); // a bound
            return getDescriptors(attribute, kind, Math.toIntExact(count.get()));
        }
    }

    /** As many as there are, and no more than these. */
    List<Descriptor> getDescriptors(int attribute, int kind, int most) {
        List<Descriptor> made = new ArrayList<>();
        int filled = 0;
        try (LongPointer count = new LongPointer(1)) {
            while (made.size() < most) {
                made.add(new Descriptor(kind, operator));
            }
            if (most > 0) {
                try (PointerPointer<Pointer> pointers = pointers(made)) {
                    get(attribute, CUDNN_TYPE_BACKEND_DESCRIPTOR, most, count, pointers);
                }
                filled = Math.toIntExact(Math.min(most, count.get()));
            }
            return new ArrayList<>(made.subList(0, filled));
        } finally {
            made.stream().skip(filled).forEach(Descriptor::close); // cuDNN crashes where such a one is used
        }
    }

    private void get(int attribute, int type, long most, LongPointer count, Pointer values) {
        int status = cudnnBackendGetAttribute(descriptor, attribute, type, most, count, values);
        Status.cudnn(status, operator, GET + attribute);
    }

    private static PointerPointer<Pointer> pointers(List<Descriptor> values) {
        PointerPointer<Pointer> pointers = new PointerPointer<>(values.size());
        for (int i = 0; i < values.size(); i++) {
            pointers.put(i, values.get(i).descriptor);
        }
        return pointers;
    }

    @Override
    public void close() {
        if (!descriptor.isNull()) {
            cudnnBackendDestroyDescriptor(descriptor);
            descriptor.setNull();
            LIVE.decrementAndGet();
        }
    }
}
