package io.vertebra.onednn.pass;

import io.vertebra.graph.op.Convolution;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.plan.Form;
import io.vertebra.graph.plan.Unit;

/**
 * Finds the convolutions of a blocked trunk that are worth two reorders, because oneDNN's channels-last code is faster.
 *
 * <pre>
 * blocks → convolution → blocks      becomes      blocks → reorder → convolution, channels last → reorder → blocks
 * </pre>
 *
 * <p>So it is with blocks of 16 in fp32 for kernels over many channels: their gain grows with the product of the channels,
 * the cost of the reorders with their sum. ResNet-50 at batch 8, one thread of a Zen 5: 256 channels of 14x14 7.6 → 7.2 ms
 * with both reorders 0.3, stride 2 to 14x14 12.1 → 8.0 with 0.8; with 128 channels nothing is left of it. In training two
 * slower copies of the weights follow each update, which only large maps or batches outweigh.
 */
public final class WideKernels {
    private static final int BLOCK = 16;
    private static final int CHANNELS = 256;
    private static final long POSITIONS = 1024;

    private WideKernels() {}

    /**
     * Whether the forward and backward data passes of a unit want channels last.
     *
     * @param block channels of a block of the trunk
     * @param single whether the plan computes in fp32
     */
    public static boolean likesRows(Form form, Unit unit, int block, boolean single) {
        // a sum is written over the shortcut, which lies in blocks
        boolean isFree = unit.addend() == Unit.NONE;
        if (!(unit.node().op() instanceof Convolution op) || block != BLOCK || !single || !isFree) {
            return false;
        }
        Shape x = form.shape(unit.inputs().get(0));
        Shape y = form.shape(unit.output());
        boolean isKernel = op.kernel().height() * op.kernel().width() > 1 && op.groups() == 1;
        boolean pays = !form.needsGradient(unit.output()) || (long) y.n() * y.h() * y.w() >= POSITIONS;
        return isKernel && pays && Math.min(x.c(), op.out()) >= CHANNELS;
    }
}
