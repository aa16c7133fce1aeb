package io.vertebra.backbones;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.Analysis;
import io.vertebra.graph.Conventions;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.AveragePool;
import io.vertebra.graph.op.Dropout;
import io.vertebra.graph.op.MaxPool;
import io.vertebra.graph.op.ParameterSpec;
import io.vertebra.graph.op.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Both Networks in Networks. */
class NinTest {

    @Test
    void hasDefaults() {
        assertThat(new Nin().defaults()).isEqualTo(new Nin.Config(32, null, 0.5, 3));
        assertThat(new CifarNin().defaults()).isEqualTo(new CifarNin.Config(4, null, 0.5, 3));
    }

    /** pytorchcv's nin_cifar100. */
    @Test
    void hasTheCountsOfOtherClasses() {
        Graph graph = Networks.classifier(Networks.get("nin_cifar10"), 100, Conventions.DEFAULT);
        Anchors.Anchor anchor = Anchors.read().of("nin_cifar100");
        assertThat(graph.parameterCount()).isEqualTo(anchor.parameters());
        assertThat(Analysis.of(graph, Shape.of(1, 3, 32, 32)).macs()).isEqualTo(anchor.macs());
    }

    /** The published convolution of 1000 maps is left out: another one reads what it read. */
    @Test
    void hasAnotherLastConvolutionForOtherClasses() {
        Graph published = Networks.classifier("nin").withOutputs("logits");
        Graph other =
                Networks.classifier(Networks.get("nin"), 7, Conventions.DEFAULT).withOutputs("logits");
        List<String> wanted = names(published).stream()
                .map(n -> n.replace("conv4_3", "classifier"))
                .toList();
        assertThat(names(other)).isEqualTo(wanted);
        assertThat(other.parameterCount()).isEqualTo(published.parameterCount() - 993 * 1025);
        assertThat(other.output("logits").channels()).isEqualTo(7);
    }

    private static List<String> names(Graph graph) {
        return graph.parameters().stream().map(ParameterSpec::name).toList();
    }

    @Test
    void dropsBeforeTheLastBlockOrBehindEachPool() {
        assertThat(before(Networks.classifier("nin"))).containsExactly(MaxPool.class);
        assertThat(before(Networks.classifier("nin_cifar10"))).containsExactly(MaxPool.class, AveragePool.class);
    }

    private static List<Class<?>> before(Graph graph) {
        return graph.nodes().stream()
                .filter(n -> n.op() instanceof Dropout)
                .map(NinTest::input)
                .toList();
    }

    private static Class<?> input(Node node) {
        return node.inputs().get(0).op().getClass();
    }
}
