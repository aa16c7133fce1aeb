package io.vertebra.heads.segmentation;

import java.util.List;
import java.util.Objects;

/**
 * Options of the heads with a pyramid pooling module.
 *
 * @param poolScales sides of the grids of the pyramid pooling module
 * @param channels of each of its branches, and of every map behind it
 * @param dropout share of the channels that training zeroes before the last layer
 * @param alignCorners of every enlargement, that of the logits too
 * @see PspNetHead
 * @see UperNetHead
 */
public record PyramidPoolingConfig(List<Integer> poolScales, Integer channels, Double dropout, Boolean alignCorners) {

    /** What the papers have. */
    public static final PyramidPoolingConfig DEFAULTS = new PyramidPoolingConfig(null, null, null, null);

    /** Fills in and checks. */
    public PyramidPoolingConfig {
        poolScales = PyramidPooling.checkedScales(poolScales);
        channels = Layers.checkedChannels(channels, 512);
        dropout = Layers.checkedDropout(dropout, 0.1);
        alignCorners = Objects.requireNonNullElse(alignCorners, false);
    }
}
