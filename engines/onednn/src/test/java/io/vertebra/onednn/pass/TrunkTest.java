package io.vertebra.onednn.pass;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.Conv;
import io.vertebra.graph.Graph;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.pass.ProgramsForTests;
import io.vertebra.graph.plan.Form;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TrunkTest {
    private final Graph dense =
            ProgramsForTests.graph((g, x) -> g.conv("a", x, Conv.of(3, 16).groups(8)));
    private final Graph depthwise =
            ProgramsForTests.graph((g, x) -> g.conv("a", x, Conv.of(3, 16).groups(16)));

    private static Map<String, Shape> pictures(int n) {
        return Map.of("input", Shape.of(n, 16, 8, 8));
    }

    private static int inference(Graph graph, int n, boolean single) {
        return Trunk.block(Form.inference(graph, pictures(n)), 16, single);
    }

    @Test
    void onePictureLiesChannelsLast() {
        assertThat(inference(dense, 1, true)).isEqualTo(1);
        assertThat(inference(dense, 1, false)).isEqualTo(1);
        assertThat(inference(dense, 2, true)).isEqualTo(16);
    }

    @Test
    void depthwiseConvolutionsLikeBlocksInSingle() {
        assertThat(inference(depthwise, 1, true)).isEqualTo(16);
        assertThat(inference(depthwise, 1, false)).isEqualTo(1);
    }

    @Test
    void shufflesLikeBlocks() {
        Graph shuffled = ProgramsForTests.graph((g, x) -> g.channelShuffle(x, 2));
        assertThat(inference(shuffled, 1, false)).isEqualTo(16);
        Graph selected = ProgramsForTests.graph((g, x) -> g.in("s").channelSelect(x, 4));
        assertThat(inference(selected, 1, false)).isEqualTo(16);
    }

    @Test
    void whatIsDifferentiatedLiesInBlocks() {
        Form form = Form.differentiated(dense, pictures(1), true, Set.of("a.weight"), Set.of("y"), false);
        assertThat(Trunk.block(form, 16, true)).isEqualTo(16);
        Form nothing = Form.differentiated(dense, pictures(1), true, Set.of(), Set.of("y"), false);
        assertThat(Trunk.block(nothing, 16, true)).isEqualTo(1);
    }
}
