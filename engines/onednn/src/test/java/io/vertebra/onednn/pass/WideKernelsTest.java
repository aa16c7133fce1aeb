package io.vertebra.onednn.pass;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.Conv;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.pass.FuseSums;
import io.vertebra.graph.pass.ProgramsForTests;
import io.vertebra.graph.plan.Form;
import io.vertebra.graph.plan.Program;
import io.vertebra.graph.plan.Unit;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WideKernelsTest {

    /** A convolution {@code b} of a kernel behind one that gives it its channels. */
    private static Graph graph(int in, Conv conv) {
        return ProgramsForTests.graph((g, x) -> g.conv("b", g.conv("a", x, Conv.of(1, in)), conv));
    }

    private static boolean likesRows(Program program, String name, int block, boolean single) {
        Unit unit = program.units().stream()
                .filter(u -> u.node().name().equals(name))
                .findFirst()
                .orElseThrow();
        return WideKernels.likesRows(program.form(), unit, block, single);
    }

    @ParameterizedTest
    @CsvSource({
        "256, 256, 3, 1, true",
        "255, 256, 3, 1, false",
        "256, 255, 3, 1, false",
        "512, 512, 1, 1, false",
        "512, 512, 3, 2, false"
    })
    void kernelsOverManyChannelsDo(int in, int out, int kernel, int groups, boolean expected) {
        Program program =
                ProgramsForTests.inference(graph(in, Conv.of(kernel, out).groups(groups)));
        assertThat(likesRows(program, "b", 16, true)).isEqualTo(expected);
    }

    @Test
    void onlyInBlocksOfSixteenInSingle() {
        Program program = ProgramsForTests.inference(graph(256, Conv.of(3, 256)));
        assertThat(likesRows(program, "b", 8, true)).isFalse();
        assertThat(likesRows(program, "b", 1, true)).isFalse();
        assertThat(likesRows(program, "b", 16, false)).isFalse();
        assertThat(likesRows(program, "input", 16, true)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"15, false", "16, true"})
    void onlyOverManyPositionsWhereItIsDifferentiated(int pictures, boolean expected) {
        Graph graph = graph(256, Conv.of(3, 256));
        Map<String, Shape> inputs = Map.of("input", Shape.of(pictures, 16, 8, 8));
        Form form = Form.differentiated(graph, inputs, true, Set.of("b.weight"), Set.of("y"), false);
        assertThat(likesRows(Program.of(form), "b", 16, true)).isEqualTo(expected);
    }

    @Test
    void notOverAShortcut() {
        Graph graph = ProgramsForTests.graph((g, x) -> {
            Node shortcut = g.conv("a", x, Conv.of(1, 256));
            return g.add(g.conv("b", g.maxPool(shortcut, 3, 1, 1), Conv.of(3, 256)), shortcut);
        });
        Program program = ProgramsForTests.inference(graph);
        assertThat(likesRows(program, "b", 16, true)).isTrue();
        assertThat(likesRows(FuseSums.apply(program), "b", 16, true)).isFalse();
    }
}
