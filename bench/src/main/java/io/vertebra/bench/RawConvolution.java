package io.vertebra.bench;

import static org.bytedeco.dnnl.global.dnnl.*;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/** One oneDNN convolution primitive. */
final class RawConvolution implements RawPass {

    private static final dnnl_engine ENGINE = new dnnl_engine();
    private static final dnnl_stream STREAM = new dnnl_stream();

    static {
        check(dnnl_engine_create(ENGINE, dnnl_cpu, 0));
        check(dnnl_stream_create(STREAM, ENGINE, dnnl_stream_default_flags));
    }

    private final dnnl_primitive primitive = new dnnl_primitive();
    private final List<dnnl_memory> memories = new ArrayList<>();
    private final List<Pointer> buffers = new ArrayList<>();
    private final List<dnnl_primitive_desc> descriptors;
    private final dnnl_exec_arg_t arguments;
    private final int argumentCount;

    private RawConvolution(Kind kind, List<dnnl_primitive_desc> descriptors) {
        this.descriptors = descriptors;
        dnnl_primitive_desc used = descriptors.get(descriptors.size() - 1);
        check(dnnl_primitive_create(primitive, used));
        int[][] roles = roles(kind);
        argumentCount = roles.length;
        arguments = new dnnl_exec_arg_t(argumentCount);
        for (int i = 0; i < argumentCount; i++) {
            dnnl_memory memory = memory(dnnl_primitive_desc_query_md(used, roles[i][1], roles[i][2]));
            arguments.position(i).arg(roles[i][0]).memory(memory);
        }
        arguments.position(0);
    }

    /**
     * The layer in one data type (dnnl_f32, dnnl_bf16) and one layout of activations (dnnl_nhwc, dnnl_nChw16c);
     * {@code null} where oneDNN has no code for it, or only the reference, 50 to 1000 times slower than others.
     */
    static RawConvolution fast(Layer layer, Kind kind, int type, int layout) {
        List<dnnl_primitive_desc> descriptors = new ArrayList<>();
        boolean fast = describe(layer, kind, type, layout, descriptors)
                && !implementation(descriptors.get(descriptors.size() - 1)).startsWith("ref");
        if (!fast) {
            descriptors.forEach(d -> dnnl_primitive_desc_destroy(d));
            return null;
        }
        return new RawConvolution(kind, descriptors);
    }

    /** Adds the forward descriptor and that of the pass, if it is another; whether there is code for them. */
    private static boolean describe(
            Layer layer, Kind kind, int type, int layout, List<dnnl_primitive_desc> descriptors) {
        long[] out = longs(layer.out().toArray());
        long[] weights = weightExtents(layer);
        boolean free = layer.isStem() && layout == dnnl_nChw16c;
        dnnl_memory_desc source = describe(
                type, free ? dnnl_format_tag_any : layout, longs(layer.in().toArray()));
        dnnl_memory_desc target = describe(type, layout, out);
        dnnl_memory_desc weight = describe(type, dnnl_format_tag_any, weights);
        long[] stride = {layer.op().stride().height(), layer.op().stride().width()};
        long[] dilation = {
            layer.op().dilation().height() - 1, layer.op().dilation().width() - 1
        };
        long[] before = {layer.padding().top(), layer.padding().left()};
        long[] after = {layer.padding().bottom(), layer.padding().right()};
        boolean inference = kind == Kind.INFERENCE;
        dnnl_memory_desc bias = inference ? describe(dnnl_f32, dnnl_x, new long[] {out[1]}) : null;
        int direct = dnnl_convolution_direct;
        dnnl_primitive_attr none = null;
        dnnl_primitive_desc forward = new dnnl_primitive_desc();
        if (!exists(dnnl_convolution_forward_primitive_desc_create(
                forward,
                ENGINE,
                inference ? dnnl_forward_inference : dnnl_forward_training,
                direct,
                source,
                weight,
                bias,
                target,
                stride,
                dilation,
                before,
                after,
                none))) {
            return false;
        }
        descriptors.add(forward);
        dnnl_primitive_desc backward = new dnnl_primitive_desc();
        int status = dnnl_success;
        if (kind == Kind.BACKWARD_DATA) {
            status = dnnl_convolution_backward_data_primitive_desc_create(
                    backward, ENGINE, direct, source, weight, target, stride, dilation, before, after, forward, none);
        } else if (kind == Kind.BACKWARD_WEIGHTS) {
            dnnl_memory_desc gradient = describe(dnnl_f32, dnnl_format_tag_any, weights);
            status = dnnl_convolution_backward_weights_primitive_desc_create(
                    backward, ENGINE, direct, source, gradient, null, target, stride, dilation, before, after, forward,
                    none);
        }
        if (!exists(status)) {
            return false;
        }
        if (kind == Kind.BACKWARD_DATA || kind == Kind.BACKWARD_WEIGHTS) {
            descriptors.add(backward);
        }
        return true;
    }

    private static String implementation(dnnl_primitive_desc descriptor) {
        try (PointerPointer<BytePointer> text = new PointerPointer<>(1)) {
            check(dnnl_primitive_desc_query(descriptor, dnnl_query_impl_info_str, 0, text));
            return text.get(BytePointer.class, 0).getString();
        }
    }

    private static boolean exists(int status) {
        if (status != dnnl_unimplemented) {
            check(status);
        }
        return status == dnnl_success;
    }

    /** Argument, query and index of the query for each tensor of a pass. */
    private static int[][] roles(Kind kind) {
        return switch (kind) {
            case INFERENCE ->
                new int[][] {
                    {DNNL_ARG_SRC, dnnl_query_src_md, 0},
                    {DNNL_ARG_WEIGHTS, dnnl_query_weights_md, 0},
                    {DNNL_ARG_BIAS, dnnl_query_weights_md, 1},
                    {DNNL_ARG_DST, dnnl_query_dst_md, 0}
                };
            case FORWARD ->
                new int[][] {
                    {DNNL_ARG_SRC, dnnl_query_src_md, 0},
                    {DNNL_ARG_WEIGHTS, dnnl_query_weights_md, 0},
                    {DNNL_ARG_DST, dnnl_query_dst_md, 0}
                };
            case BACKWARD_DATA ->
                new int[][] {
                    {DNNL_ARG_DIFF_DST, dnnl_query_diff_dst_md, 0},
                    {DNNL_ARG_WEIGHTS, dnnl_query_weights_md, 0},
                    {DNNL_ARG_DIFF_SRC, dnnl_query_diff_src_md, 0}
                };
            case BACKWARD_WEIGHTS ->
                new int[][] {
                    {DNNL_ARG_DIFF_DST, dnnl_query_diff_dst_md, 0},
                    {DNNL_ARG_SRC, dnnl_query_src_md, 0},
                    {DNNL_ARG_DIFF_WEIGHTS, dnnl_query_diff_weights_md, 0}
                };
        };
    }

    private static long[] weightExtents(Layer layer) {
        long groups = layer.op().groups();
        long out = layer.out().c();
        long in = layer.in().c() / groups;
        long height = layer.op().kernel().height();
        long width = layer.op().kernel().width();
        return groups == 1 ? new long[] {out, in, height, width} : new long[] {groups, out / groups, in, height, width};
    }

    private dnnl_memory memory(dnnl_memory_desc descriptor) {
        long bytes = Math.max(64, dnnl_memory_desc_get_size(descriptor));
        Pointer buffer = Pointer.malloc(bytes + 64);
        buffers.add(buffer);
        // small values that are no zeros and no denormals in either type
        Pointer.memset(buffer, 0x3c, bytes + 64);
        Pointer aligned = new BytePointer(buffer).getPointer((64 - (buffer.address() & 63)) & 63);
        dnnl_memory memory = new dnnl_memory();
        check(dnnl_memory_create(memory, descriptor, ENGINE, aligned));
        memories.add(memory);
        return memory;
    }

    private static dnnl_memory_desc describe(int type, int tag, long[] extents) {
        dnnl_memory_desc descriptor = new dnnl_memory_desc();
        check(dnnl_memory_desc_create_with_tag(descriptor, extents.length, extents, type, tag));
        return descriptor;
    }

    private static long[] longs(int[] values) {
        return java.util.Arrays.stream(values).asLongStream().toArray();
    }

    private static void check(int status) {
        if (status != dnnl_success) {
            throw new IllegalStateException("oneDNN status " + status);
        }
    }

    @Override
    public void run() {
        check(dnnl_primitive_execute(primitive, STREAM, argumentCount, arguments));
    }

    @Override
    public void close() {
        dnnl_primitive_destroy(primitive);
        descriptors.forEach(d -> dnnl_primitive_desc_destroy(d));
        memories.forEach(m -> dnnl_memory_destroy(m));
        buffers.forEach(Pointer::free);
        arguments.deallocate();
    }
}
