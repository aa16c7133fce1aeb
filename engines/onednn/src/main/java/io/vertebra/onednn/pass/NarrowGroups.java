package io.vertebra.onednn.pass;

import io.vertebra.graph.op.Convolution;
import io.vertebra.onednn.kernel.MergedGroups;

/**
 * Finds the grouped convolutions of a blocked trunk whose groups are narrower than a block.
 *
 * <pre>
 * 32 groups of 4 channels      becomes      8 groups of 16 channels, three quarters of whose weights are zero
 * </pre>
 *
 * <p>oneDNN has only reference code for narrow groups in blocks. Four times the work at full speed beats an island of
 * channels last, which pays reorders and slow weight gradients.
 */
public final class NarrowGroups {
    /** With fewer channels a group, nearly all of the work would be for nothing. */
    private static final int FEWEST = 4;

    private NarrowGroups() {}

    /**
     * How to merge a convolution's groups, or {@code null} where that cannot be or does not pay.
     *
     * @param channels of its input
     * @param block channels of a block of the trunk
     */
    public static MergedGroups merged(Convolution op, int channels, int block) {
        int in = channels / op.groups();
        int out = op.out() / op.groups();
        int merged = block / in;
        boolean narrow = op.groups() > 1 && in >= FEWEST && merged > 1;
        boolean fills = narrow && block % in == 0 && merged * out % block == 0 && op.groups() % merged == 0;
        return fills
                ? new MergedGroups(
                        merged,
                        op.out(),
                        out,
                        in,
                        op.kernel().height(),
                        op.kernel().width())
                : null;
    }
}
