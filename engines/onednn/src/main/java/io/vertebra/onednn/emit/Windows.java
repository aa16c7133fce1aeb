package io.vertebra.onednn.emit;

import io.vertebra.graph.op.Convolution;
import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import io.vertebra.onednn.natives.Window;

/** How convolutions slide over maps of known size. */
final class Windows {
    private Windows() {}

    static Window of(Convolution op, Shape x) {
        Size input = new Size(x.h(), x.w());
        Padding.Explicit p = op.padding().resolve(input, op.kernel(), op.stride(), op.dilation());
        return new Window(
                new long[] {op.kernel().height(), op.kernel().width()},
                new long[] {
                    stride(
                            op.stride().height(),
                            x.h() + p.top() + p.bottom(),
                            op.kernel().height(),
                            op.dilation().height()),
                    stride(
                            op.stride().width(),
                            x.w() + p.left() + p.right(),
                            op.kernel().width(),
                            op.dilation().width())
                },
                new long[] {op.dilation().height(), op.dilation().width()},
                new long[] {p.top(), p.left()},
                new long[] {p.bottom(), p.right()});
    }

    /**
     * A window that fills the padded input takes no step, so any stride is as good: oneDNN 3.11's bf16 weight gradient of
     * stride 2 on a single cell reads what was never written.
     */
    private static long stride(int stride, int padded, int kernel, int dilation) {
        return padded == dilation * (kernel - 1) + 1 ? 1 : stride;
    }
}
