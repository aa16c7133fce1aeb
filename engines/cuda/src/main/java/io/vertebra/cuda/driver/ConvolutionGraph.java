package io.vertebra.cuda.driver;

import static org.bytedeco.cuda.global.cudnn.*;

import io.vertebra.cuda.device.ConvolutionSpec;
import io.vertebra.cuda.device.ConvolutionSpec.Geometry;
import io.vertebra.cuda.device.Type;
import java.util.ArrayList;
import java.util.List;

/** A pass of a convolution as a graph of cuDNN's operations; owns its descriptors. */
final class ConvolutionGraph implements AutoCloseable {
    /** Ids of tensors that exist only inside, behind those that have addresses. */
    private static final long INSIDE = 100;

    private final ConvolutionSpec spec;
    private final PlanForm form;
    private final List<Descriptor> owned = new ArrayList<>();
    private final List<Tensor> bound = new ArrayList<>();
    private final List<Descriptor> operations = new ArrayList<>();

    private ConvolutionGraph(ConvolutionSpec spec, PlanForm form) {
        this.spec = spec;
        this.form = form;
    }

    /** The graph of this form for a card. */
    static ConvolutionGraph of(ConvolutionSpec spec, PlanForm form, PlanTarget target) {
        ConvolutionGraph graph = new ConvolutionGraph(spec, form);
        try {
            graph.build(target);
            return graph;
        } catch (RuntimeException | Error e) {
            graph.close(); // nobody else knows it
            throw e;
        }
    }

    private void build(PlanTarget target) {
        switch (spec.pass()) {
            case FORWARD -> forward();
            case DATA -> data();
            case WEIGHTS -> weights();
        }
        Descriptor graph =
                make(CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR).descriptors(CUDNN_ATTR_OPERATIONGRAPH_OPS, operations);
        target.describeGraph(graph);
        graph.finish();
    }

    /** The graph itself, which was made last. */
    Descriptor descriptor() {
        return owned.get(owned.size() - 1);
    }

    PlanForm form() {
        return form;
    }

    /** Tensors with addresses, in the order in which a plan takes them. */
    List<Tensor> bound() {
        return bound;
    }

    private void forward() {
        Descriptor x = bind(Tensor.x(spec, 1));
        Descriptor w = bind(Tensor.w(spec, 2, spec.in()));
        ConvolutionSpec.Epilogue epilogue = spec.epilogue();
        boolean isWhole = form == PlanForm.WHOLE;
        Descriptor bias = isWhole && epilogue.bias() ? bind(Tensor.bias(spec, 3)) : null;
        Descriptor addend = isWhole && epilogue.addend() ? bind(Tensor.y(spec, 4, spec.in(), false)) : null;
        boolean relu = isWhole && epilogue.relu();
        Descriptor y = bind(Tensor.y(spec, 5, spec.out(), false).inCellsOf(spec.pitch()));
        int left = (bias == null ? 0 : 1) + (addend == null ? 0 : 1) + (relu ? 1 : 0);
        Descriptor sum = left == 0 ? y : inside(left);
        operation(CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR)
                .descriptor(CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_CONV_DESC, window())
                .descriptor(CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_X, x)
                .descriptor(CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_W, w)
                .descriptor(CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_Y, sum)
                .real(CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_ALPHA, 1)
                .real(CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_BETA, 0)
                .finish();
        if (addend != null) { // before the bias: the order of cuDNN's fixed patterns
            left--;
            sum = add(sum, addend, left == 0 ? y : inside(left));
        }
        if (bias != null) {
            left--;
            sum = add(sum, bias, left == 0 ? y : inside(left));
        }
        if (relu) {
            pointwise(CUDNN_POINTWISE_RELU_FWD)
                    .descriptor(CUDNN_ATTR_OPERATION_POINTWISE_XDESC, sum)
                    .descriptor(CUDNN_ATTR_OPERATION_POINTWISE_YDESC, y)
                    .finish();
        }
    }

    private Descriptor add(Descriptor sum, Descriptor addend, Descriptor result) {
        pointwise(CUDNN_POINTWISE_ADD)
                .descriptor(CUDNN_ATTR_OPERATION_POINTWISE_XDESC, sum)
                .descriptor(CUDNN_ATTR_OPERATION_POINTWISE_BDESC, addend)
                .descriptor(CUDNN_ATTR_OPERATION_POINTWISE_YDESC, result)
                .finish();
        return result;
    }

    private void data() {
        Descriptor dy = bind(Tensor.y(spec, 1, spec.in(), false));
        Descriptor w = bind(Tensor.w(spec, 2, spec.in()));
        Descriptor dx = bind(Tensor.x(spec, 3));
        operation(CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR)
                .descriptor(CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_CONV_DESC, window())
                .descriptor(CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DY, dy)
                .descriptor(CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_W, w)
                .descriptor(CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DX, dx)
                .real(CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_ALPHA, 1)
                .real(CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_BETA, 0)
                .finish();
    }

    private void weights() {
        Descriptor x = bind(Tensor.x(spec, 1));
        Descriptor dy = bind(Tensor.y(spec, 2, spec.in(), false));
        Descriptor dw = bind(Tensor.w(spec, 3, form == PlanForm.NARROW ? spec.in() : spec.out()));
        operation(CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_FILTER_DESCRIPTOR)
                .descriptor(CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_CONV_DESC, window())
                .descriptor(CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_X, x)
                .descriptor(CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DY, dy)
                .descriptor(CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DW, dw)
                .real(CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_ALPHA, 1)
                .real(CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_BETA, 0)
                .finish();
    }

    /** Padding may differ at the two ends of an axis: it goes in as that before and that behind. */
    private Descriptor window() {
        Geometry g = spec.geometry();
        return make(CUDNN_BACKEND_CONVOLUTION_DESCRIPTOR)
                .constants(CUDNN_ATTR_CONVOLUTION_COMP_TYPE, CUDNN_TYPE_DATA_TYPE, CUDNN_DATA_FLOAT)
                .constants(CUDNN_ATTR_CONVOLUTION_CONV_MODE, CUDNN_TYPE_CONVOLUTION_MODE, CUDNN_CROSS_CORRELATION)
                .longs(CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS, 2)
                .longs(CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS, g.top(), g.left())
                .longs(CUDNN_ATTR_CONVOLUTION_POST_PADDINGS, g.bottom(), g.right())
                .longs(CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES, g.strideH(), g.strideW())
                .longs(CUDNN_ATTR_CONVOLUTION_DILATIONS, g.dilationH(), g.dilationW())
                .finish();
    }

    private Descriptor pointwise(int function) {
        Descriptor what = make(CUDNN_BACKEND_POINTWISE_DESCRIPTOR)
                .constants(CUDNN_ATTR_POINTWISE_MODE, CUDNN_TYPE_POINTWISE_MODE, function)
                .constants(CUDNN_ATTR_POINTWISE_MATH_PREC, CUDNN_TYPE_DATA_TYPE, CUDNN_DATA_FLOAT)
                .finish();
        return operation(CUDNN_BACKEND_OPERATION_POINTWISE_DESCRIPTOR)
                .descriptor(CUDNN_ATTR_OPERATION_POINTWISE_PW_DESCRIPTOR, what);
    }

    private Descriptor operation(int kind) {
        operations.add(make(kind));
        return operations.get(operations.size() - 1);
    }

    private Descriptor bind(Tensor tensor) {
        bound.add(tensor);
        return describe(tensor);
    }

    private Descriptor inside(int number) {
        return describe(Tensor.y(spec, INSIDE + number, Type.F32, true));
    }

    private Descriptor describe(Tensor tensor) {
        Descriptor descriptor = make(CUDNN_BACKEND_TENSOR_DESCRIPTOR)
                .constants(CUDNN_ATTR_TENSOR_DATA_TYPE, CUDNN_TYPE_DATA_TYPE, dataType(tensor.type()))
                .longs(
                        CUDNN_ATTR_TENSOR_DIMENSIONS,
                        tensor.sizes().stream().mapToLong(s -> s).toArray())
                .longs(CUDNN_ATTR_TENSOR_STRIDES, tensor.strides())
                .longs(CUDNN_ATTR_TENSOR_UNIQUE_ID, tensor.id())
                .longs(CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, Tensor.ALIGNMENT);
        if (tensor.isVirtual()) {
            descriptor.yes(CUDNN_ATTR_TENSOR_IS_VIRTUAL);
        }
        return descriptor.finish();
    }

    private static int dataType(Type type) {
        return switch (type) {
            case F32 -> CUDNN_DATA_FLOAT;
            case BF16 -> CUDNN_DATA_BFLOAT16;
            case I32 -> CUDNN_DATA_INT32;
        };
    }

    private Descriptor make(int kind) {
        Descriptor descriptor = new Descriptor(kind, Operators.name(spec));
        owned.add(descriptor);
        return descriptor;
    }

    @Override
    public void close() {
        for (int i = owned.size() - 1; i >= 0; i--) {
            owned.get(i).close();
        }
        owned.clear();
    }
}
