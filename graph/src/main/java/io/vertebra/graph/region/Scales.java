package io.vertebra.graph.region;

import io.vertebra.graph.op.Check;
import java.util.ArrayList;
import java.util.List;

/** Scales of the levels of an SSD. */
final class Scales {
    private Scales() {}

    /** Evenly from the first to the last level, and 1 after that. SSD, arXiv:1512.02325, equation 4. */
    static List<Double> spread(int levels, double first, double last) {
        Check.atLeast(1, "levels", levels);
        List<Double> scales = new ArrayList<>();
        for (int k = 0; k < levels; k++) {
            scales.add(levels == 1 ? first : first + (last - first) * k / (levels - 1));
        }
        scales.add(levels == 1 ? last : 1.0);
        return List.copyOf(scales);
    }
}
