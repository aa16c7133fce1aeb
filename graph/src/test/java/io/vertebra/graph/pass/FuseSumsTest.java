package io.vertebra.graph.pass;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.Conv;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.BatchNorm;
import io.vertebra.graph.plan.Program;
import io.vertebra.graph.plan.Unit;
import java.util.List;
import org.junit.jupiter.api.Test;

class FuseSumsTest {
    private static final Conv CONV = Conv.of(3, 16);

    private static List<String> fused(Graph graph) {
        return ProgramsForTests.names(FuseSums.apply(ProgramsForTests.inference(graph)));
    }

    private static Program fusedWithActivations(Graph graph) {
        return FuseSums.apply(FuseActivations.apply(ProgramsForTests.inference(graph), (op, function) -> true));
    }

    @Test
    void addsToTheShortcut() {
        Graph graph = ProgramsForTests.graph((g, x) -> {
            Node shortcut = g.maxPool(x, 3, 1, 1);
            return g.add(g.conv("b", g.conv("a", shortcut, CONV), CONV), shortcut);
        });
        Program program = FuseSums.apply(ProgramsForTests.inference(graph));
        assertThat(ProgramsForTests.names(program)).containsExactly("input", "max_pool", "a", "b+add");
        Unit sum = program.units().get(3);
        assertThat(sum.addend()).isEqualTo(graph.node("max_pool").index());
        assertThat(sum.output()).isEqualTo(graph.node("add").index());
        assertThat(sum.inputs()).containsExactly(graph.node("a").index());
    }

    @Test
    void keepsTheActivationOfTheSum() {
        Graph graph = ProgramsForTests.graph((g, x) -> {
            Node shortcut = g.maxPool(x, 3, 1, 1);
            return g.relu(g.add(shortcut, g.conv("b", g.conv("a", shortcut, CONV), CONV)));
        });
        Program program = fusedWithActivations(graph);
        assertThat(ProgramsForTests.names(program)).containsExactly("input", "max_pool", "a", "b+add+relu");
    }

    @Test
    void takesTheOtherOperandIfTheLaterIsNoConvolution() {
        Graph graph = ProgramsForTests.graph((g, x) -> {
            Node conv = g.conv("a", x, CONV);
            return g.add(conv, g.maxPool(x, 3, 1, 1));
        });
        assertThat(fused(graph)).containsExactly("input", "max_pool", "a+add");
    }

    @Test
    void theLaterOfTwoConvolutionsTakesTheSumWhicheverStandsFirst() {
        for (boolean isTurned : new boolean[] {false, true}) {
            Graph graph = ProgramsForTests.graph((g, x) -> {
                Node a = g.conv("a", x, CONV);
                Node b = g.conv("b", x, CONV);
                return isTurned ? g.add(b, a) : g.add(a, b);
            });
            assertThat(fused(graph)).contains("b+add").hasSize(3);
        }
    }

    @Test
    void leavesAShortcutThatIsNeededLater() {
        Graph graph = ProgramsForTests.graph((g, x) -> {
            Node shortcut = g.maxPool(x, 3, 1, 1);
            Node sum = g.add(g.conv("b", g.conv("a", shortcut, CONV), CONV), shortcut);
            return g.concat(sum, shortcut);
        });
        assertThat(fused(graph)).containsExactly("input", "max_pool", "a", "b", "add", "concat");
    }

    @Test
    void leavesWhatTheConvolutionItselfReads() {
        Graph graph = ProgramsForTests.graph((g, x) -> {
            Node shortcut = g.maxPool(x, 3, 1, 1);
            return g.add(g.conv("a", shortcut, CONV), shortcut);
        });
        assertThat(fused(graph)).containsExactly("input", "max_pool", "a", "add");
    }

    @Test
    void leavesThePictureOfTheCaller() {
        Graph graph = ProgramsForTests.graph((g, x) -> g.add(g.conv("b", g.conv("a", x, CONV), CONV), x));
        assertThat(fused(graph)).containsExactly("input", "a", "b", "add");
    }

    @Test
    void leavesAConvolutionThatOthersReadOrThatHasAnActivation() {
        Graph graph = ProgramsForTests.graph((g, x) -> {
            Node shortcut = g.maxPool(x, 3, 1, 1);
            Node seen = g.conv("b", g.conv("a", shortcut, CONV), CONV);
            return g.concat(g.add(seen, shortcut), seen);
        });
        assertThat(fused(graph)).contains("b", "add");
        Graph active = ProgramsForTests.graph((g, x) -> {
            Node shortcut = g.maxPool(x, 3, 1, 1);
            return g.add(g.relu(g.conv("b", g.conv("a", shortcut, CONV), CONV)), shortcut);
        });
        assertThat(ProgramsForTests.names(fusedWithActivations(active)))
                .containsExactly("input", "max_pool", "a", "b+relu", "add");
    }

    @Test
    void leavesASumOfOneValueWithItselfAndAViewedShortcut() {
        Graph twice = ProgramsForTests.graph((g, x) -> {
            Node conv = g.conv("a", x, CONV);
            return g.add(conv, conv);
        });
        assertThat(fused(twice)).containsExactly("input", "a", "add");
        Graph viewed = ProgramsForTests.graph((g, x) -> {
            Node shortcut = g.maxPool(x, 8, 8, 0);
            Node flat = g.flatten(shortcut);
            Node sum = g.add(g.conv("b", g.conv("a", shortcut, CONV), CONV), shortcut);
            return g.concat(g.flatten(sum), flat);
        });
        assertThat(fused(viewed)).contains("b", "add");
    }

    @Test
    void leavesSumsThatAreDifferentiated() {
        Graph graph = ProgramsForTests.graph((g, x) -> {
            Node shortcut = g.conv("s", x, CONV);
            return g.add(g.conv("b", g.conv("a", shortcut, CONV), CONV), shortcut);
        });
        assertThat(ProgramsForTests.names(FuseSums.apply(ProgramsForTests.training(graph))))
                .containsExactly("input", "s", "a", "b", "add");
    }

    @Test
    void doesNotMoveAConvolutionBehindTheEndOfItsSource() {
        Graph graph = ProgramsForTests.graph((g, x) -> {
            Node shortcut = g.maxPool(x, 3, 1, 1);
            Node early = g.conv("early", shortcut, CONV);
            Node other = g.conv("a", g.maxPool(x, 5, 1, 2), CONV);
            Node sum = g.add(g.conv("b", other, CONV), shortcut); // in the memory of the shortcut
            return g.add(early, g.maxPool(sum, 3, 1, 1)); // early, run here, would read the sum
        });
        assertThat(fused(graph)).contains("b+add", "early", "add_1");
    }

    @Test
    void leavesWhatASliceSees() {
        Graph graph = ProgramsForTests.graph((g, x) -> {
            Node whole = g.maxPool(x, 3, 1, 1);
            Node part = g.slice(whole, 0, 16);
            return g.add(g.add(g.conv("a", x, CONV), whole), g.conv("b", part, CONV));
        });
        assertThat(fused(graph)).containsExactly("input", "max_pool", "slice", "a", "add", "b+add");
        Graph ofPart = ProgramsForTests.graph((g, x) -> {
            Node part = g.slice(g.maxPool(x, 3, 1, 1), 0, 16);
            return g.add(g.conv("a", x, CONV), part);
        });
        assertThat(fused(ofPart)).containsExactly("input", "max_pool", "slice", "a", "add");
    }

    @Test
    void otherOperatorsAddWhereAnEngineSaysSo() {
        Graph graph = ProgramsForTests.graph((g, x) -> {
            Node shortcut = g.maxPool(x, 3, 1, 1);
            return g.relu(g.add(g.batchNorm("bn", g.conv("a", shortcut, CONV)), shortcut));
        });
        Program program = FuseActivations.apply(ProgramsForTests.training(graph), (op, function) -> true);
        assertThat(ProgramsForTests.names(FuseSums.apply(program))).contains("bn", "add+relu");
        Program fused =
                FuseSums.apply(program, (operator, differentiated) -> operator instanceof BatchNorm && differentiated);
        assertThat(ProgramsForTests.names(fused)).containsExactly("input", "max_pool", "a", "bn+add+relu");
    }
}
