package io.vertebra.onednn.session;

import static io.vertebra.graph.op.Activation.Function.SILU;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.graph.Conv;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.Resize;
import io.vertebra.onednn.natives.Dnnl;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Slices of one map, one of which leaves the graph in fp32 whatever the precision. */
class SlicesSessionTest {
    private static final int CHANNELS = 32;
    private static final int HALF = 16;
    private static final int SIDE = 6;

    @BeforeAll
    static void load() {
        Dnnl.load();
    }

    private static Graph graph(boolean singleFirst) {
        GraphBuilder g = new GraphBuilder();
        Node image = g.image(3, SIDE, SIDE);
        Node x = g.activation(SILU, g.conv("a", image, Conv.of(3, CHANNELS).stride(2)));
        Node first = g.slice(x, 0, HALF);
        Node second = g.slice(x, HALF, CHANNELS);
        g.output("logits", g.resize(singleFirst ? first : second, image, Resize.Filter.BILINEAR, false));
        g.output("features", g.activation(SILU, g.batchNorm("bn", singleFirst ? second : first)));
        return g.build();
    }

    private static Tensor.Floats random(int channels, int side, long seed) {
        Random random = new Random(seed);
        float[] values = new float[2 * channels * side * side];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        return Tensor.of(values, 2, channels, side, side);
    }

    private static float[] gradient(Graph graph, Precision precision) {
        Parameters parameters = Parameters.initialize(graph, 3);
        try (Session session = OneDnnBackend.open(graph, parameters, Options.gradients(precision, false))) {
            Outputs outputs = session.gradients(
                    Batch.of(random(3, SIDE, 1)),
                    Map.of("logits", random(HALF, SIDE, 2), "features", random(HALF, SIDE / 2, 3)));
            return outputs.get("grad.input").data();
        }
    }

    /** Gradients go up to 0.5, and 8 bits round them by 1e-3 at most in all that lies on their way. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void halfPrecisionGivesTheGradientsOfSingle(boolean singleFirst) {
        Models.requireServed(Precision.BF16);
        Graph graph = graph(singleFirst);
        assertThat(gradient(graph, Precision.BF16)).containsExactly(gradient(graph, Precision.FP32), within(4e-3f));
    }
}
