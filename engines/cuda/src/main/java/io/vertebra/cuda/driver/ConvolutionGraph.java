package io.vertebra.cuda.driver;

import static org.bytedeco.cuda.global.cudnn.*;

import io.vertebra.cuda.device.ConvolutionSpec;
import io.vertebra.cuda.device.ConvolutionSpec.Epilogue;
import io.vertebra.cuda.device.ConvolutionSpec.Geometry;
import io.vertebra.graph.op.Activation;
import java.util.List;

/** A pass of a convolution as a graph of cuDNN's operations; owns its descriptors. */
final class ConvolutionGraph implements AutoCloseable {
    private final ConvolutionSpec spec;
    private final PlanForm form;
    private final GraphParts parts;
    private Descriptor graph;

    private ConvolutionGraph(ConvolutionSpec spec, PlanForm form) {
        this.spec = spec;
        this.form = form;
        this.parts = new GraphParts(Operators.name(spec));
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
        graph = parts.graph(target);
    }

    /** The graph itself. */
    Descriptor descriptor() {
        return graph;
    }

    /** Tensors with addresses, in the order in which a plan takes them. */
    List<Tensor> bound() {
        return parts.bound();
    }

    /** Numbers that its functions are made with. */
    List<GraphParts.Constant> constants() {
        return parts.constants();
    }

    private void forward() {
        Descriptor x = parts.bind(Tensor.x(spec, 1));
        Descriptor w = parts.bind(Tensor.w(spec, 2, spec.in()));
        Epilogue epilogue = spec.epilogue();
        boolean sums = form != PlanForm.BARE;
        Descriptor bias = sums && epilogue.bias() ? parts.bind(Tensor.bias(spec, 3, form.biasOf(spec))) : null;
        Descriptor addend = sums && epilogue.addend() ? parts.bind(Tensor.y(spec, 4, spec.in(), false)) : null;
        Activation.Function function = form == PlanForm.WHOLE ? epilogue.function() : null;
        boolean keeps = function != null && epilogue.keepsArgument();
        Descriptor argument = keeps ? parts.bind(Tensor.y(spec, 6, spec.out(), false)) : null;
        Descriptor y = parts.bind(Tensor.y(spec, 5, spec.out(), false).inCellsOf(spec.pitch()));
        Descriptor whole = function == null ? y : keeps ? argument : inside();
        Descriptor sum = bias == null && addend == null ? whole : inside();
        parts.operation(CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR)
                .descriptor(CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_CONV_DESC, window())
                .descriptor(CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_X, x)
                .descriptor(CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_W, w)
                .descriptor(CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_Y, sum)
                .real(CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_ALPHA, 1)
                .real(CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_BETA, 0)
                .finish();
        if (addend != null) { // before the bias: the order of cuDNN's fixed patterns
            sum = parts.apply(CUDNN_POINTWISE_ADD, sum, addend, bias == null ? whole : inside());
        }
        if (bias != null) {
            parts.apply(CUDNN_POINTWISE_ADD, sum, bias, whole);
        }
        if (function != null) {
            apply(function, whole, y);
        }
    }

    private void apply(Activation.Function function, Descriptor x, Descriptor y) {
        switch (function) {
            case RELU -> parts.apply(CUDNN_POINTWISE_RELU_FWD, x, y);
            case RELU6 -> cut(x, y);
            case LEAKY_RELU -> leak(x, y);
            case SILU -> parts.apply(CUDNN_POINTWISE_SWISH_FWD, x, y);
            case SIGMOID -> parts.apply(CUDNN_POINTWISE_SIGMOID_FWD, x, y);
            case TANH -> parts.apply(CUDNN_POINTWISE_TANH_FWD, x, y);
            case GELU -> parts.apply(CUDNN_POINTWISE_GELU_FWD, x, y);
            case HARD_SIGMOID -> hardSigmoid(x, y);
            case HARD_SWISH -> parts.apply(CUDNN_POINTWISE_MUL, x, hardSigmoid(x, inside()), y);
        }
    }

    /** {@code min(max(x, 0), 6)}; for ReLU's own upper limit cuDNN proposes only engines that refuse it. */
    private Descriptor cut(Descriptor x, Descriptor y) {
        Descriptor positive = inside();
        parts.apply(CUDNN_POINTWISE_RELU_FWD, x, positive);
        return parts.apply(CUDNN_POINTWISE_MIN, positive, parts.constant(6), y);
    }

    /** {@code max(x, 0.1 · x)}: of operations that other functions are made of. */
    private void leak(Descriptor x, Descriptor y) {
        Descriptor low = parts.apply(CUDNN_POINTWISE_MUL, x, parts.constant((float) Activation.LEAK), inside());
        parts.apply(CUDNN_POINTWISE_MAX, x, low, y);
    }

    /** {@code min(max(x + 3, 0), 6) / 6}. */
    private Descriptor hardSigmoid(Descriptor x, Descriptor y) {
        Descriptor moved = parts.apply(CUDNN_POINTWISE_ADD, x, parts.constant(3), inside());
        return parts.apply(CUDNN_POINTWISE_MUL, cut(moved, inside()), parts.constant(1f / 6), y);
    }

    /** F32 of y's form. */
    private Descriptor inside() {
        return parts.inside(Tensor.y(spec, 0, spec.out(), false));
    }

    private void data() {
        Descriptor dy = parts.bind(Tensor.y(spec, 1, spec.in(), false));
        Descriptor w = parts.bind(Tensor.w(spec, 2, spec.in()));
        Descriptor dx = parts.bind(Tensor.x(spec, 3));
        parts.operation(CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR)
                .descriptor(CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_CONV_DESC, window())
                .descriptor(CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DY, dy)
                .descriptor(CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_W, w)
                .descriptor(CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DX, dx)
                .real(CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_ALPHA, 1)
                .real(CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_BETA, 0)
                .finish();
    }

    private void weights() {
        Descriptor x = parts.bind(Tensor.x(spec, 1));
        Descriptor dy = parts.bind(Tensor.y(spec, 2, spec.in(), false));
        Descriptor dw = parts.bind(Tensor.w(spec, 3, form == PlanForm.NARROW ? spec.in() : spec.out()));
        parts.operation(CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_FILTER_DESCRIPTOR)
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
        return parts.make(CUDNN_BACKEND_CONVOLUTION_DESCRIPTOR)
                .constants(CUDNN_ATTR_CONVOLUTION_COMP_TYPE, CUDNN_TYPE_DATA_TYPE, CUDNN_DATA_FLOAT)
                .constants(CUDNN_ATTR_CONVOLUTION_CONV_MODE, CUDNN_TYPE_CONVOLUTION_MODE, CUDNN_CROSS_CORRELATION)
                .longs(CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS, 2)
                .longs(CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS, g.top(), g.left())
                .longs(CUDNN_ATTR_CONVOLUTION_POST_PADDINGS, g.bottom(), g.right())
                .longs(CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES, g.strideH(), g.strideW())
                .longs(CUDNN_ATTR_CONVOLUTION_DILATIONS, g.dilationH(), g.dilationW())
                .finish();
    }

    @Override
    public void close() {
        parts.close();
    }
}
