package io.vertebra.heads.segmentation;

import io.vertebra.backbones.Backbone;
import io.vertebra.graph.Conv;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.GraphException;
import io.vertebra.heads.Auxiliary;
import io.vertebra.heads.SegmentationHead;
import io.vertebra.heads.Trunk;
import java.util.ArrayList;
import java.util.List;

/**
 * UPerNet: a feature pyramid whose top is a pyramid pooling module, its levels joined at the finest one's size.
 *
 * <p>It takes every level that is at least four times smaller than the picture; the logits have the size of the finest of
 * them. Names and form as mmsegmentation's, which has the head for pixels' classes alone of the paper's five.
 *
 * @see <a href="https://arxiv.org/abs/1807.10221">Xiao et al. 2018</a>, figure 4
 */
public final class UperNetHead implements SegmentationHead<PyramidPoolingConfig> {
    private static final int FINEST = 4;

    @Override
    public Class<PyramidPoolingConfig> config() {
        return PyramidPoolingConfig.class;
    }

    @Override
    public PyramidPoolingConfig defaults() {
        return PyramidPoolingConfig.DEFAULTS;
    }

    @Override
    public boolean alignCorners(PyramidPoolingConfig config) {
        return config.alignCorners();
    }

    @Override
    public void check(PyramidPoolingConfig config, Backbone<?> backbone) {
        levels(Trunk.of(backbone));
    }

    /** The levels that it joins, from fine to coarse: C2 to C5 of a ResNet. */
    private static List<Node> levels(Trunk trunk) {
        List<Node> levels = trunk.pyramid().levels().stream()
                .filter(n -> n.reduction() >= FINEST)
                .toList();
        if (levels.size() < 2) {
            throw new GraphException(
                    "upernet",
                    "needs two levels at least " + FINEST + " times smaller than the picture; "
                            + trunk.backbone().name() + " has the reductions "
                            + trunk.pyramid().reductions());
        }
        return levels;
    }

    @Override
    public Node logits(PyramidPoolingConfig config, Trunk trunk, int classes, GraphBuilder g) {
        List<Node> levels = levels(trunk);
        int top = levels.size() - 1;
        GraphBuilder head = g.in("decode_head");
        Conv lateral = Conv.of(1, config.channels());
        Conv smooth = Conv.of(3, config.channels());
        boolean corners = config.alignCorners();
        Node above = PyramidPooling.of(levels.get(top), config.poolScales(), config.channels(), corners, head);
        List<Node> joined = new ArrayList<>(List.of(above));
        for (int i = top - 1; i >= 0; i--) {
            Node side = Layers.module(levels.get(i), lateral, head.in("lateral_convs", i));
            above = head.add(side, Layers.resized(above, side, corners, head));
            joined.add(0, Layers.module(above, smooth, head.in("fpn_convs", i)));
        }
        for (int i = 1; i <= top; i++) {
            joined.set(i, Layers.resized(joined.get(i), joined.get(0), corners, head));
        }
        Node x = Layers.module(head.concat(joined.toArray(Node[]::new)), smooth, head.in("fpn_bottleneck"));
        return Layers.classes(x, config.dropout(), classes, head);
    }

    @Override
    public Node auxiliary(PyramidPoolingConfig config, Auxiliary auxiliary, Trunk trunk, int classes, GraphBuilder g) {
        return FcnHead.auxiliary(false, auxiliary, trunk, classes, g);
    }
}
