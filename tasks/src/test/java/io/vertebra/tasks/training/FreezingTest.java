package io.vertebra.tasks.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.graph.Conv;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.engine.Groups;
import io.vertebra.graph.op.BatchNorm;
import io.vertebra.heads.Stages;
import io.vertebra.tasks.TinyNet;
import io.vertebra.tasks.config.FreezeConfig;
import io.vertebra.tasks.config.OptimizerConfig;
import io.vertebra.tasks.config.TrainConfig;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FreezingTest {
    private static TrainConfig config(int stages, double layerDecay) {
        OptimizerConfig sgd = new OptimizerConfig.Sgd(null, null, null, 0.3, layerDecay);
        return new TrainConfig(null, null, null, null, sgd, null, null, null, new FreezeConfig(stages, null), null);
    }

    private static BatchNorm norm(Graph graph) {
        return (BatchNorm) graph.node("bn").op();
    }

    @Test
    void weightsDecayAndNormsAndBiasesDoNot() {
        Groups groups = Freezing.groups(TinyNet.training(), TinyNet.stages(), config(0, 1));
        assertThat(groups.byParameter())
                .isEqualTo(Map.of(
                        "conv.weight", new Groups.Group(1, 0.3, true),
                        "bn.weight", new Groups.Group(1, 0, true),
                        "bn.bias", new Groups.Group(1, 0, true),
                        "fc.weight", new Groups.Group(1, 0.3, true),
                        "fc.bias", new Groups.Group(1, 0, true)));
    }

    @Test
    void frozenStagesAreConstants() {
        Groups groups = Freezing.groups(TinyNet.training(), TinyNet.stages(), config(1, 1));
        assertThat(groups.get("conv.weight")).isEqualTo(Groups.Group.FROZEN);
        assertThat(groups.get("bn.bias")).isEqualTo(Groups.Group.FROZEN);
        assertThat(groups.get("fc.weight").trainable()).isTrue();
    }

    @Test
    void theRateFallsFromTheHeadToThePicture() {
        Stages stages = new Stages(Map.of("conv.weight", 0, "bn.weight", 1, "bn.bias", 2), 3);
        Groups groups = Freezing.groups(TinyNet.training(), stages, config(0, 0.5));
        assertThat(groups.get("conv.weight").rateFactor()).isCloseTo(0.125, within(1e-15));
        assertThat(groups.get("bn.weight").rateFactor()).isCloseTo(0.25, within(1e-15));
        assertThat(groups.get("bn.bias").rateFactor()).isCloseTo(0.5, within(1e-15));
        assertThat(groups.get("fc.weight").rateFactor()).isEqualTo(1.0); // in no stage: the head
    }

    @Test
    void nothingFrozenLeavesTheGraphAlone() {
        Graph graph = TinyNet.training();
        assertThat(Freezing.freezeNorms(graph, TinyNet.stages(), new FreezeConfig(0, false)))
                .isSameAs(graph);
    }

    @Test
    void normsOfFrozenStagesKeepTheirStatistics() {
        Graph graph = TinyNet.training();
        Graph frozen = Freezing.freezeNorms(graph, TinyNet.stages(), new FreezeConfig(1, false));
        assertThat(norm(frozen)).isEqualTo(new BatchNorm(1e-5, 0.1, true, 1));
        assertThat(frozen.nodes())
                .extracting(Node::name)
                .isEqualTo(graph.nodes().stream().map(Node::name).toList());
        assertThat(frozen.parameters()).isEqualTo(graph.parameters());
        assertThat(frozen.outputs()).containsOnlyKeys("logits", "loss");
    }

    /** The same layers on two inputs: frozen on both, and still the same. */
    @Test
    void nodesThatShareParametersStillDo() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.image(3, 8, 8);
        Node conv = g.conv("conv", x, Conv.of(1, 3));
        Node norm = g.batchNorm("bn", conv);
        Node pooled = g.maxPool(x, 2, 2, 0);
        Node convAgain = g.again(conv, pooled);
        Node normAgain = g.again(norm, convAgain);
        g.output("one", norm);
        g.output("other", normAgain);
        Graph graph = g.build();
        for (Graph part : List.of(graph, graph.withOutputs("other"))) {
            Graph frozen = Freezing.freezeNorms(part, new Stages(Map.of(), 0), new FreezeConfig(0, true));
            assertThat(frozen.parameters()).isEqualTo(part.parameters()).hasSize(5);
            assertThat(frozen.nodes())
                    .filteredOn(n -> n.op() instanceof BatchNorm)
                    .allSatisfy(n -> {
                        assertThat(n.scope()).isEqualTo("bn");
                        assertThat(((BatchNorm) n.op()).frozen()).isTrue();
                    });
            assertThat(frozen.output("other").inputs().get(0).scope()).isEqualTo("conv");
        }
        assertThat(Freezing.freezeNorms(graph, new Stages(Map.of(), 0), new FreezeConfig(0, true))
                        .nodes())
                .extracting(Node::name)
                .isEqualTo(graph.nodes().stream().map(Node::name).toList());
    }

    @Test
    void normsOfOtherStagesGoOn() {
        Stages later = new Stages(Map.of("bn.weight", 1, "conv.weight", 0), 2);
        assertThat(norm(Freezing.freezeNorms(TinyNet.training(), later, new FreezeConfig(1, false)))
                        .frozen())
                .isFalse();
        assertThat(norm(Freezing.freezeNorms(TinyNet.training(), later, new FreezeConfig(0, true)))
                        .frozen())
                .isTrue();
    }
}
