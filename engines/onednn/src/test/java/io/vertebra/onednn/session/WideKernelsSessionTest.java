package io.vertebra.onednn.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
import io.vertebra.onednn.natives.Dnnl;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A kernel over 256 channels, which a plan of many pictures runs channels last and one of few in blocks. */
class WideKernelsSessionTest {
    private static final int FEW = 2;
    private static final int TIMES = 8;
    private static final int CHANNELS = 256;
    private static final int PIXELS = 8 * 8;

    private final Graph graph = graph();
    private final Parameters parameters = Parameters.initialize(graph, 3);

    @BeforeAll
    static void load() {
        Dnnl.load();
    }

    private static Graph graph() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.relu(g.conv("a", g.image(4, 8, 8), Conv.of(1, CHANNELS)));
        g.output("y", g.relu(g.conv("b", x, Conv.of(3, CHANNELS))));
        return g.build();
    }

    private static float[] random(int length, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) (random.nextDouble() * 2 - 1);
        }
        return values;
    }

    /** The same few pictures again and again. */
    private static float[] repeat(float[] values, int times) {
        float[] all = new float[values.length * times];
        for (int i = 0; i < times; i++) {
            System.arraycopy(values, 0, all, i * values.length, values.length);
        }
        return all;
    }

    private Outputs gradients(int times) {
        float[] pixels = repeat(random(FEW * 4 * PIXELS, 1), times);
        float[] seeds = repeat(random(FEW * CHANNELS * PIXELS, 2), times);
        int n = FEW * times;
        try (Session session = OneDnnBackend.open(graph, parameters, Options.gradients(Precision.FP32, false))) {
            return session.gradients(
                    Batch.of(Tensor.of(pixels, n, 4, 8, 8)), Map.of("y", Tensor.of(seeds, n, CHANNELS, 8, 8)));
        }
    }

    /** {@code many} is {@code few}, each value {@code factor} times, to the rounding of sums of 2304 products. */
    private static void assertAgree(Outputs few, Outputs many, String name, float factor) {
        float[] a = few.get(name).data();
        float[] b = many.get(name).data();
        for (int i = 0; i < a.length; i++) {
            assertThat(b[i]).as(name + " " + i).isCloseTo(factor * a[i], within(1e-4f * factor));
        }
    }

    @Test
    void manyPicturesGiveWhatFewGive() {
        Outputs few = gradients(1);
        Outputs many = gradients(TIMES);
        assertAgree(few, many, "y", 1);
        assertAgree(few, many, "grad.input", 1);
        assertAgree(few, many, "grad.a.weight", TIMES);
        assertAgree(few, many, "grad.b.weight", TIMES);
        float[] last = many.get("y").data();
        assertThat(Arrays.copyOf(last, last.length / TIMES))
                .isEqualTo(Arrays.copyOfRange(last, last.length - last.length / TIMES, last.length));
    }

    @Test
    void oneDnnHasOtherCodeForThem() {
        assumeTrue(Dnnl.channelBlock() == 16, "blocks of 16 need AVX-512");
        assertThat(codeOf(Precision.FP32)).startsWith("brg");
        assertThat(codeOf(Precision.BF16)).doesNotStartWith("brg");
    }

    private String codeOf(Precision precision) {
        Batch batch = Batch.of(Tensor.of(random(FEW * 4 * PIXELS, 1), FEW, 4, 8, 8));
        try (Session session = OneDnnBackend.open(graph, parameters, Options.inference(precision))) {
            return session.profile(batch, 1).stream()
                    .filter(t -> t.operator().equals("convolution") && t.name().startsWith("b"))
                    .findFirst()
                    .orElseThrow()
                    .implementation();
        }
    }
}
