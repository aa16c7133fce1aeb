package io.vertebra.bench;

import static org.bytedeco.dnnl.global.dnnl.dnnl_bf16;

import io.vertebra.graph.op.Shape;
import io.vertebra.onednn.kernel.DepthwiseWeightsKernel;
import io.vertebra.onednn.kernel.Grid;
import io.vertebra.onednn.kernel.Kernel;
import io.vertebra.onednn.natives.Window;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The engine's own weight gradient of a depthwise convolution, on channels in blocks of 16. */
final class RawDepthwise implements RawPass {
    private static final int BLOCK = 16;

    private final Kernel kernel;

    RawDepthwise(Layer layer, int type) {
        boolean half = type == dnnl_bf16;
        kernel = new DepthwiseWeightsKernel(grid(layer.in()), grid(layer.out()), window(layer), half);
        int bytes = half ? Short.BYTES : Float.BYTES;
        int weights = Math.toIntExact(layer.in().c() * layer.op().kernel().area() * Float.BYTES);
        kernel.bind(memory(elements(layer.in()) * bytes), memory(elements(layer.out()) * bytes), memory(weights));
    }

    private static Grid grid(Shape s) {
        return Grid.blocked(s.n(), s.c(), s.h(), s.w(), BLOCK);
    }

    private static int elements(Shape s) {
        return s.n() * ((s.c() + BLOCK - 1) / BLOCK * BLOCK) * s.h() * s.w();
    }

    private static Window window(Layer layer) {
        var op = layer.op();
        var padding = layer.padding();
        return new Window(
                new long[] {op.kernel().height(), op.kernel().width()},
                new long[] {op.stride().height(), op.stride().width()},
                new long[] {op.dilation().height(), op.dilation().width()},
                new long[] {padding.top(), padding.left()},
                new long[] {padding.bottom(), padding.right()});
    }

    /** Small values that are no zeros and no denormals in either type. */
    private static ByteBuffer memory(int bytes) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
        for (int i = 0; i < bytes; i++) {
            buffer.put(i, (byte) 0x3c);
        }
        return buffer;
    }

    @Override
    public void run() {
        kernel.run();
    }

    @Override
    public void close() {
        // the collector frees its memory
    }
}
