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
import org.bytedeco.javacpp.Pointer;

/** One oneDNN convolution primitive on memory of its own: what a pass of a layer costs without anything around it. */
final class RawConvolution implements AutoCloseable {

    /** What is computed. */
    enum Pass {
        INFERENCE,
        FORWARD,
        BACKWARD_DATA,
        BACKWARD_WEIGHTS
    }

    private static final dnnl_engine ENGINE = new dnnl_engine();
    private static final dnnl_stream STREAM = new dnnl_stream();

    static {
        check(dnnl_engine_create(ENGINE, dnnl_cpu, 0));
        check(dnnl_stream_create(STREAM, ENGINE, dnnl_stream_default_flags));
    }

    private final dnnl_primitive primitive = new dnnl_primitive();
    private final List<dnnl_memory> memories = new ArrayList<>();
    private final List<Pointer> buffers = new ArrayList<>();
    private final List<dnnl_primitive_desc> descriptors = new ArrayList<>();
    private final dnnl_exec_arg_t arguments;
    private final int argumentCount;

    /** The layer in one data type (dnnl_f32, dnnl_bf16) and one layout of activations (dnnl_nhwc, dnnl_nChw16c). */
    RawConvolution(Layer layer, Pass pass, int type, int layout) {
        long[] in = longs(layer.in().toArray());
        long[] out = longs(layer.out().toArray());
        long[] weights = weightExtents(layer);
        dnnl_memory_desc source =
                describe(type, layer.isStem() && layout == dnnl_nChw16c ? dnnl_format_tag_any : layout, in);
        dnnl_memory_desc target = describe(type, layout, out);
        dnnl_memory_desc weight = describe(type, dnnl_format_tag_any, weights);
        long[] stride = {layer.op().stride().height(), layer.op().stride().width()};
        long[] dilation = {
            layer.op().dilation().height() - 1, layer.op().dilation().width() - 1
        };
        long[] before = {layer.padding().top(), layer.padding().left()};
        long[] after = {layer.padding().bottom(), layer.padding().right()};
        dnnl_memory_desc bias = pass == Pass.INFERENCE ? describe(dnnl_f32, dnnl_x, new long[] {out[1]}) : null;
        int kind = pass == Pass.INFERENCE ? dnnl_forward_inference : dnnl_forward_training;
        dnnl_primitive_attr none = null;
        dnnl_primitive_desc forward = new dnnl_primitive_desc();
        check(dnnl_convolution_forward_primitive_desc_create(
                forward,
                ENGINE,
                kind,
                dnnl_convolution_direct,
                source,
                weight,
                bias,
                target,
                stride,
                dilation,
                before,
                after,
                none));
        descriptors.add(forward);
        dnnl_primitive_desc used = forward;
        if (pass == Pass.BACKWARD_DATA) {
            used = new dnnl_primitive_desc();
            check(dnnl_convolution_backward_data_primitive_desc_create(
                    used,
                    ENGINE,
                    dnnl_convolution_direct,
                    source,
                    weight,
                    target,
                    stride,
                    dilation,
                    before,
                    after,
                    forward,
                    none));
            descriptors.add(used);
        } else if (pass == Pass.BACKWARD_WEIGHTS) {
            used = new dnnl_primitive_desc();
            dnnl_memory_desc gradient = describe(dnnl_f32, dnnl_format_tag_any, weights);
            check(dnnl_convolution_backward_weights_primitive_desc_create(
                    used,
                    ENGINE,
                    dnnl_convolution_direct,
                    source,
                    gradient,
                    null,
                    target,
                    stride,
                    dilation,
                    before,
                    after,
                    forward,
                    none));
            descriptors.add(used);
        }
        check(dnnl_primitive_create(primitive, used));
        int[][] roles = roles(pass);
        argumentCount = roles.length;
        arguments = new dnnl_exec_arg_t(argumentCount);
        for (int i = 0; i < argumentCount; i++) {
            dnnl_memory memory = memory(dnnl_primitive_desc_query_md(used, roles[i][1], roles[i][2]));
            arguments.position(i).arg(roles[i][0]).memory(memory);
        }
        arguments.position(0);
    }

    /** Argument, query and index of the query for each tensor of a pass. */
    private static int[][] roles(Pass pass) {
        return switch (pass) {
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
        Pointer aligned = new org.bytedeco.javacpp.BytePointer(buffer).getPointer((64 - (buffer.address() & 63)) & 63);
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

    void run() {
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
