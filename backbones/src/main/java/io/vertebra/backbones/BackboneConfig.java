package io.vertebra.backbones;

import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.Check;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/** What the options of every family have in common; each family has a record of its own. */
public interface BackboneConfig {

    /** How many times smaller than the picture the last level is; smaller strides are made up for by dilation. */
    Integer outputStride();

    /** Channels of the picture. */
    Integer inChannels();

    /** What the norms do in training; a family without norms has nothing to choose. */
    default Norm norm() {
        return Norm.AUTO;
    }

    /** What stands in place of every nonlinearity that is no gate; {@code null}: the family's own. */
    default Activation.Function activation() {
        return null;
    }

    /** The channels of the picture, 3 if nothing is said. */
    static Integer checkedChannels(Integer inChannels) {
        Integer value = Objects.requireNonNullElse(inChannels, 3);
        Check.atLeast(1, "in_channels", value);
        return value;
    }

    /** A rate of dropped branches, 0 if nothing is said. */
    static Double checkedDropPath(Double dropPath) {
        return checkedRate("drop_path", dropPath, 0);
    }

    /** A share that is dropped. */
    static Double checkedRate(String name, Double rate, double otherwise) {
        Double value = Objects.requireNonNullElse(rate, otherwise);
        Check.that(value >= 0 && value < 1, name, "must lie in [0, 1), is %s", value);
        return value;
    }

    /** A factor on all channels, 1 if nothing is said. */
    static Double checkedWidth(Double width) {
        Double value = Objects.requireNonNullElse(width, 1.0);
        Check.that(value > 0 && value <= 16, "width", "must lie in (0, 16], is %s", value);
        return value;
    }

    /** One of the output strides that a family can be built with, the first if nothing is said. */
    static Integer checkedStride(Integer outputStride, List<Integer> possible, String reason) {
        Integer value = Objects.requireNonNullElse(outputStride, possible.get(0));
        Check.that(
                possible.contains(value),
                "output_stride",
                "must be %s, is %d%s",
                possible.stream().sorted().map(String::valueOf).collect(Collectors.joining(" or ")),
                value,
                reason.isEmpty() ? "" : ": " + reason);
        return value;
    }
}
