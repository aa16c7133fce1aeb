package io.vertebra.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.Node;
import io.vertebra.graph.engine.Session.Timing;
import org.junit.jupiter.api.Test;

class ProfileTest {
    private final Node conv = Networks.classifier().node("conv1");
    private final Node linear = Networks.classifier().node("fc");
    private final Profile profile = new Profile();

    @Test
    void givesTheMedianOfEachRowInTheOrderOfTheFirstPass() {
        profile.add(linear, Profile.FORWARD, "matmul", 1_000_000);
        for (long nanos : new long[] {9_000_000, 1_000_000, 2_000_000}) {
            profile.add(conv, Profile.FORWARD, "im2col", nanos);
        }
        for (long nanos : new long[] {40_000_000, 10_000_000, 30_000_000, 20_000_000}) {
            profile.addUpdate("loop", nanos);
        }
        assertThat(profile.timings(node -> node == conv ? 7 : 8))
                .containsExactly(
                        new Timing("fc", "linear", "forward", "matmul", 1, 8),
                        new Timing("conv1", "convolution", "forward", "im2col", 2, 7),
                        new Timing("weights", "update", "update", "loop", 25, 0));
    }

    @Test
    void keepsThePassesOfANodeApart() {
        profile.add(conv, Profile.BACKWARD_WEIGHTS, "a", 3_000_000);
        profile.add(conv, Profile.BACKWARD_DATA, "b", 4_000_000);
        assertThat(profile.timings(node -> 0))
                .containsExactly(
                        new Timing("conv1", "convolution", "backward weights", "a", 3, 0),
                        new Timing("conv1", "convolution", "backward data", "b", 4, 0));
    }
}
