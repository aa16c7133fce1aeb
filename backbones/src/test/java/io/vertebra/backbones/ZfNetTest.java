package io.vertebra.backbones;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.LocalResponseNorm;
import io.vertebra.graph.op.MaxPool;
import java.util.List;
import org.junit.jupiter.api.Test;

class ZfNetTest {

    @Test
    void hasDefaults() {
        assertThat(new ZfNet().defaults()).isEqualTo(new ZfNet.Config(32, null, 0.5, 3));
    }

    /** Constants of AlexNet's paper, which PyTorch divides by five. */
    @Test
    void normsBehindTheFirstTwoLayersAndPoolsBehindThem() {
        Graph graph = Networks.classifier("zfnetb");
        List<Node> norms = graph.nodes().stream()
                .filter(n -> n.op() instanceof LocalResponseNorm)
                .toList();
        assertThat(norms).hasSize(2).allMatch(n -> n.op().equals(new LocalResponseNorm(5, 1e-4, 0.75, 2)));
        assertThat(norms)
                .extracting(n -> n.inputs().get(0).name())
                .containsExactly("features.stage1.unit1.relu", "features.stage2.unit1.relu");
        assertThat(Layers.all(graph, MaxPool.class)).hasSize(3).allMatch(MaxPool::ceil);
        assertThat(graph.output("pyramid.0").inputs()).containsExactly(norms.get(0));
    }
}
