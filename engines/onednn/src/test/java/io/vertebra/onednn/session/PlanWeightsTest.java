package io.vertebra.onednn.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.Conv;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.session.Versions;
import io.vertebra.onednn.natives.Desc;
import io.vertebra.onednn.natives.Dnnl;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Weights that several nodes read. */
class PlanWeightsTest {
    private static final int SIDE = 8;

    @BeforeAll
    static void load() {
        Dnnl.load();
    }

    /** A convolution and its norm, used so often. */
    private static Graph graph(int times) {
        GraphBuilder g = new GraphBuilder();
        Node x = g.relu(g.conv("stem", g.image(3, SIDE, SIDE), Conv.of(1, 32)));
        Node convolution = g.conv("conv", x, Conv.of(3, 32));
        Node norm = g.batchNorm("bn", convolution);
        g.output("0", norm);
        for (int i = 1; i < times; i++) {
            norm = g.again(norm, g.again(convolution, g.relu(norm)));
            g.output(String.valueOf(i), norm);
        }
        return g.build();
    }

    private static long bytes(int times, Options options) {
        Graph graph = graph(times);
        Batch batch = Batch.of(Tensor.of(new float[2 * 3 * SIDE * SIDE], 2, 3, SIDE, SIDE));
        try (Session session = OneDnnBackend.open(graph, Models.parameters(graph), options)) {
            session.evaluate(batch);
            return session.memory().weights();
        }
    }

    @Test
    void oneCopyServesAllThatShare() {
        for (Precision precision : new Precision[] {Precision.FP32, Precision.BF16}) {
            if (precision == Precision.FP32 || Dnnl.servesBf16()) {
                Options folded = Options.inference(precision);
                assertThat(bytes(3, folded)).isEqualTo(bytes(1, folded));
                Options plain = Options.gradients(precision, true);
                assertThat(bytes(3, plain)).isEqualTo(bytes(1, plain));
            }
        }
    }

    /** A plan in which one node reads a weight where it lies does not let another move it. */
    @Test
    void whatIsReadInPlaceStaysThere() {
        String name = "conv.weight";
        try (ParameterStore store = new ParameterStore(graph(1), Options.gradients(Precision.FP32, true));
                Copies copies = new Copies()) {
            PlanWeights weights = new PlanWeights(store, copies, new Versions(), Session.Weights.LIVE);
            assertThat(weights.masterOrder(name)).isNull();
            Desc plain = store.entry(name).plain();
            weights.weight(name, plain);
            assertThat(weights.masterOrder(name).same(plain)).isTrue();
        }
    }
}
