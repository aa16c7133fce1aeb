package io.vertebra.heads.segmentation;

import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.heads.Auxiliary;
import io.vertebra.heads.SegmentationHead;
import io.vertebra.heads.Trunk;

/**
 * PSPNet: the coarsest level beside its means over grids of several sizes, then a classifier for each cell.
 *
 * <p>Names and form as mmsegmentation's; the paper's backbones have output stride 8.
 *
 * @see <a href="https://arxiv.org/abs/1612.01105">Zhao et al. 2016</a>, figure 3
 */
public final class PspNetHead implements SegmentationHead<PyramidPoolingConfig> {

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
    public Node logits(PyramidPoolingConfig config, Trunk trunk, int classes, GraphBuilder g) {
        GraphBuilder head = g.in("decode_head");
        Node x =
                PyramidPooling.of(trunk.level(-1), config.poolScales(), config.channels(), config.alignCorners(), head);
        return Layers.classes(x, config.dropout(), classes, head);
    }

    @Override
    public Node auxiliary(PyramidPoolingConfig config, Auxiliary auxiliary, Trunk trunk, int classes, GraphBuilder g) {
        return FcnHead.auxiliary(false, auxiliary, trunk, classes, g);
    }
}
