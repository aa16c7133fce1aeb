package io.vertebra.graph.pass;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.Conv;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.plan.Program;
import org.junit.jupiter.api.Test;

class FuseShufflesTest {
    private static Node join(io.vertebra.graph.GraphBuilder g, Node x) {
        return g.concat(g.conv("a", x, Conv.of(1, 16)), g.conv("b", x, Conv.of(1, 8)));
    }

    @Test
    void aShuffleReadsWhatWouldHaveBeenJoined() {
        Graph graph = ProgramsForTests.graph((g, x) -> g.channelShuffle(join(g, x), 2));
        Program fused = FuseShuffles.apply(ProgramsForTests.training(graph));
        assertThat(ProgramsForTests.names(fused)).containsExactly("input", "a", "b", "channel_shuffle");
        assertThat(fused.units().get(3).inputs())
                .containsExactly(graph.node("a").index(), graph.node("b").index());
        assertThat(fused.units().get(3).output())
                .isEqualTo(graph.node("channel_shuffle").index());
    }

    @Test
    void aJoinThatOthersReadStays() {
        Graph graph = ProgramsForTests.graph((g, x) -> {
            Node joined = join(g, x);
            return g.add(g.channelShuffle(joined, 2), joined);
        });
        assertThat(ProgramsForTests.names(FuseShuffles.apply(ProgramsForTests.inference(graph))))
                .containsExactly("input", "a", "b", "concat", "channel_shuffle", "add");
    }

    @Test
    void aShuffleOfOneValueStays() {
        Graph graph = ProgramsForTests.graph((g, x) -> g.channelShuffle(g.relu(x), 2));
        assertThat(ProgramsForTests.names(FuseShuffles.apply(ProgramsForTests.inference(graph))))
                .containsExactly("input", "relu", "channel_shuffle");
    }
}
