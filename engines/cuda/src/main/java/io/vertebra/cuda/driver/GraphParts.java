package io.vertebra.cuda.driver;

import static org.bytedeco.cuda.global.cudnn.*;

import io.vertebra.cuda.device.Type;
import java.util.ArrayList;
import java.util.List;

/** What a graph of cuDNN's operations is put together from: tensors and operations; owns all descriptors. */
final class GraphParts implements AutoCloseable {
    /** Ids of tensors that have no addresses of their own, behind those that have. */
    private static final long INSIDE = 100;

    private static final long[] ONE = {1, 1, 1, 1};

    private final String operator;
    private final List<Descriptor> owned = new ArrayList<>();
    private final List<Tensor> bound = new ArrayList<>();
    private final List<Constant> constants = new ArrayList<>();
    private final List<Descriptor> operations = new ArrayList<>();
    private long next = INSIDE;

    /**
     * A number that a graph takes with each run, from memory of the host.
     *
     * @param id by which its address is given
     */
    record Constant(long id, float value) {}

    /** Of a graph for this operator, which messages name. */
    GraphParts(String operator) {
        this.operator = operator;
    }

    /** Tensors with addresses, in the order in which a plan takes them. */
    List<Tensor> bound() {
        return bound;
    }

    List<Constant> constants() {
        return constants;
    }

    /** The graph of all operations, which is made last. */
    Descriptor graph(PlanTarget target) {
        Descriptor graph =
                make(CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR).descriptors(CUDNN_ATTR_OPERATIONGRAPH_OPS, operations);
        target.describeGraph(graph);
        return graph.finish();
    }

    /** To be finished. */
    Descriptor make(int kind) {
        Descriptor descriptor = new Descriptor(kind, operator);
        owned.add(descriptor);
        return descriptor;
    }

    // tensors

    /** A tensor that has an address. */
    Descriptor bind(Tensor tensor) {
        bound.add(tensor);
        return describe(tensor);
    }

    /** F32 of this form, which exists only inside of the graph. */
    Descriptor inside(Tensor form) {
        return describe(new Tensor(next++, Type.F32, form.sizes(), true));
    }

    private Descriptor describe(Tensor tensor) {
        long[] sizes = tensor.sizes().stream().mapToLong(s -> s).toArray();
        Descriptor descriptor = describe(tensor.id(), tensor.type(), sizes, tensor.strides(), Tensor.ALIGNMENT);
        if (tensor.isVirtual()) {
            descriptor.yes(CUDNN_ATTR_TENSOR_IS_VIRTUAL);
        }
        return descriptor.finish();
    }

    /** A number for all elements. */
    Descriptor constant(float value) {
        constants.add(new Constant(next, value));
        return describe(next++, Type.F32, ONE, ONE, Float.BYTES)
                .yes(CUDNN_ATTR_TENSOR_IS_BY_VALUE)
                .finish();
    }

    private Descriptor describe(long id, Type type, long[] sizes, long[] strides, int alignment) {
        return make(CUDNN_BACKEND_TENSOR_DESCRIPTOR)
                .constants(CUDNN_ATTR_TENSOR_DATA_TYPE, CUDNN_TYPE_DATA_TYPE, dataType(type))
                .longs(CUDNN_ATTR_TENSOR_DIMENSIONS, sizes)
                .longs(CUDNN_ATTR_TENSOR_STRIDES, strides)
                .longs(CUDNN_ATTR_TENSOR_UNIQUE_ID, id)
                .longs(CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, alignment);
    }

    private static int dataType(Type type) {
        return switch (type) {
            case F32 -> CUDNN_DATA_FLOAT;
            case BF16 -> CUDNN_DATA_BFLOAT16;
            case I32 -> CUDNN_DATA_INT32;
        };
    }

    // operations

    /** To be finished. */
    Descriptor operation(int kind) {
        operations.add(make(kind));
        return operations.get(operations.size() - 1);
    }

    /** One of cuDNN's functions of single elements. */
    void apply(int mode, Descriptor x, Descriptor y) {
        pointwise(mode)
                .descriptor(CUDNN_ATTR_OPERATION_POINTWISE_XDESC, x)
                .descriptor(CUDNN_ATTR_OPERATION_POINTWISE_YDESC, y)
                .finish();
    }

    /** One of cuDNN's functions of two elements each; gives y. */
    Descriptor apply(int mode, Descriptor a, Descriptor b, Descriptor y) {
        pointwise(mode)
                .descriptor(CUDNN_ATTR_OPERATION_POINTWISE_XDESC, a)
                .descriptor(CUDNN_ATTR_OPERATION_POINTWISE_BDESC, b)
                .descriptor(CUDNN_ATTR_OPERATION_POINTWISE_YDESC, y)
                .finish();
        return y;
    }

    private Descriptor pointwise(int mode) {
        Descriptor what = make(CUDNN_BACKEND_POINTWISE_DESCRIPTOR)
                .constants(CUDNN_ATTR_POINTWISE_MODE, CUDNN_TYPE_POINTWISE_MODE, mode)
                .constants(CUDNN_ATTR_POINTWISE_MATH_PREC, CUDNN_TYPE_DATA_TYPE, CUDNN_DATA_FLOAT)
                .finish();
        return operation(CUDNN_BACKEND_OPERATION_POINTWISE_DESCRIPTOR)
                .descriptor(CUDNN_ATTR_OPERATION_POINTWISE_PW_DESCRIPTOR, what);
    }

    @Override
    public void close() {
        for (int i = owned.size() - 1; i >= 0; i--) {
            owned.get(i).close();
        }
        owned.clear();
    }
}
