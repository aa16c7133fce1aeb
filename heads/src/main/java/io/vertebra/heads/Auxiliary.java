package io.vertebra.heads;

import io.vertebra.graph.op.Check;
import java.util.Objects;

/**
 * A second head for segmentation on a finer level, whose loss helps training; an FCN of one convolution.
 *
 * @param name of its kind: fcn, which there is alone
 * @param level of the pyramid that it looks at; negative: from the coarsest one, which is −1
 * @param channels of its convolution; 0: as the style of the main head has it, 256 or a quarter of the level's
 * @param dropout share of the channels that training zeroes before its last layer
 * @param weight of its loss
 */
public record Auxiliary(String name, Integer level, Integer channels, Double dropout, Double weight) {
    private static final String FCN = "fcn";

    /** Fills in and checks. */
    public Auxiliary {
        name = Objects.requireNonNullElse(name, FCN);
        Check.that(name.equals(FCN), "name", "must be %s, is %s", FCN, name);
        level = Objects.requireNonNullElse(level, -2);
        channels = Objects.requireNonNullElse(channels, 0);
        Check.atLeast(0, "channels", channels);
        dropout = Objects.requireNonNullElse(dropout, 0.1);
        Check.that(dropout >= 0 && dropout < 1, "dropout", "must lie in [0, 1), is %s", dropout);
        weight = Objects.requireNonNullElse(weight, 0.4);
        Check.that(weight > 0 && Double.isFinite(weight), "weight", "must be above 0, is %s", weight);
    }

    /** An FCN. */
    public Auxiliary(Integer level, Integer channels, Double dropout, Double weight) {
        this(FCN, level, channels, dropout, weight);
    }
}
