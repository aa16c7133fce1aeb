package io.vertebra.graph.pass;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.Conv;
import io.vertebra.graph.Conventions;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.plan.Program;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FoldNormsTest {
    private final Graph chain =
            ProgramsForTests.graph((g, x) -> g.relu(g.batchNorm("bn", g.conv("conv", x, Conv.of(3, 16)))));

    @Test
    void foldsANormIntoTheConvolutionBefore() {
        Program program = FoldNorms.apply(ProgramsForTests.inference(chain));
        assertThat(ProgramsForTests.names(program)).containsExactly("input", "conv+bn", "relu");
        assertThat(program.units().get(1).output()).isEqualTo(chain.node("bn").index());
    }

    @Test
    void foldsALayerScale() {
        Graph graph = ProgramsForTests.graph((g, x) ->
                g.add(g.in("scale").layerScale(g.conv("conv", x, Conv.of(1, 16)), 1e-6), x));
        assertThat(ProgramsForTests.names(FoldNorms.apply(ProgramsForTests.inference(graph))))
                .containsExactly("input", "conv+scale", "add");
        assertThat(ProgramsForTests.names(FoldNorms.apply(ProgramsForTests.training(graph))))
                .containsExactly("input", "conv", "scale", "add");
    }

    @Test
    void foldsOneOfSeveralInARow() {
        Graph graph = ProgramsForTests.graph((g, x) -> {
            Node scaled = g.in("scale").layerScale(g.conv("conv", x, Conv.of(1, 16)), 1e-6);
            return g.in("more").layerScale(g.batchNorm("bn", scaled), 1);
        });
        assertThat(ProgramsForTests.names(FoldNorms.apply(ProgramsForTests.inference(graph))))
                .containsExactly("input", "conv+scale", "bn", "more");
    }

    @Test
    void keepsANormOfBatchStatistics() {
        assertThat(ProgramsForTests.names(FoldNorms.apply(ProgramsForTests.training(chain))))
                .containsExactly("input", "conv", "bn", "relu");
    }

    @Test
    void keepsANormWhoseConvolutionIsSeenElsewhere() {
        Graph graph = ProgramsForTests.graph((g, x) -> {
            Node conv = g.conv("conv", x, Conv.of(3, 16));
            return g.add(g.batchNorm("bn", conv), conv);
        });
        assertThat(ProgramsForTests.names(FoldNorms.apply(ProgramsForTests.inference(graph))))
                .containsExactly("input", "conv", "bn", "add");
    }

    @Test
    void keepsANormWhoseConvolutionIsAnOutput() {
        GraphBuilder g = new GraphBuilder();
        Node conv = g.conv("conv", g.image(16, 8, 8), Conv.of(3, 16));
        g.output("conv", conv);
        g.output("y", g.batchNorm("bn", conv));
        assertThat(ProgramsForTests.names(FoldNorms.apply(ProgramsForTests.inference(g.build()))))
                .containsExactly("input", "conv", "bn");
    }

    @Test
    void keepsANormBehindAnotherOperator() {
        Graph graph = ProgramsForTests.graph((g, x) -> g.batchNorm("bn", g.maxPool(x, 2, 2, 0)));
        assertThat(ProgramsForTests.names(FoldNorms.apply(ProgramsForTests.inference(graph))))
                .containsExactly("input", "max_pool", "bn");
    }

    @Test
    void foldsTheFrozenTrunkOfATraining() {
        GraphBuilder g = new GraphBuilder(Conventions.DEFAULT.withFrozenNorm());
        Node trunk = g.batchNorm("bn", g.conv("conv", g.image(16, 8, 8), Conv.of(3, 16)));
        g.output("y", g.batchNorm("bn2", g.conv("head", trunk, Conv.of(1, 16))));
        Program program = ProgramsForTests.training(g.build(), Set.of("head.weight"));
        assertThat(ProgramsForTests.names(FoldNorms.apply(program))).containsExactly("input", "conv+bn", "head", "bn2");
    }
}
