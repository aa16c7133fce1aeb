package io.vertebra.heads.segmentation;

import io.vertebra.graph.Conv;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Check;
import io.vertebra.graph.op.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The pyramid pooling module: a map beside its means over grids of several sizes, joined by a 3×3 convolution.
 *
 * <p>(N, C, h, w) → (N, channels, h, w). Names as mmsegmentation's: {@code psp_modules.<i>.1} behind the pool that is the
 * list's first entry, then {@code bottleneck}.
 *
 * @see <a href="https://arxiv.org/abs/1612.01105">Zhao et al. 2016</a>, section 3.2
 */
final class PyramidPooling {
    private static final List<Integer> SCALES = List.of(1, 2, 3, 6);
    private static final int MOST = 16;

    private PyramidPooling() {}

    /** The sides of the grids, the paper's if nothing is said. */
    static List<Integer> checkedScales(List<Integer> scales) {
        List<Integer> value = List.copyOf(Objects.requireNonNullElse(scales, SCALES));
        Check.that(
                !value.isEmpty() && value.size() <= MOST, "pool_scales", "must be 1 to %d, are %d", MOST, value.size());
        value.forEach(scale -> Check.atLeast(1, "pool_scales", scale));
        return value;
    }

    /** Adds the module to a map. */
    static Node of(Node x, List<Integer> scales, int channels, boolean alignCorners, GraphBuilder g) {
        List<Node> joined = new ArrayList<>(List.of(x));
        for (int i = 0; i < scales.size(); i++) {
            Node mean = g.adaptiveAveragePool(x, Size.of(scales.get(i)));
            mean = Layers.module(mean, Conv.of(1, channels), g.in("psp_modules", i, 1));
            joined.add(Layers.resized(mean, x, alignCorners, g));
        }
        return Layers.module(g.concat(joined.toArray(Node[]::new)), Conv.of(3, channels), g.in("bottleneck"));
    }
}
