package io.vertebra.onednn.session;

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
import io.vertebra.onednn.natives.Block;
import io.vertebra.onednn.natives.Dnnl;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Layers that share parameters, against as many that have the same numbers for themselves: in blocks, with groups that are
 * merged and with gradients by hand, which the small maps of the contract do not reach.
 */
class SharingSessionTest {
    private static final List<String> LEVELS = List.of("one", "two", "three");
    private static final int SIDE = 12;
    private static final int CHANNELS = 32;

    private enum Kind {
        CONVOLUTION {
            @Override
            Node first(String name, Node x, GraphBuilder g) {
                return g.conv(name, x, Conv.of(3, CHANNELS).withBias());
            }
        },
        NARROW_GROUPS {
            @Override
            Node first(String name, Node x, GraphBuilder g) {
                return g.conv(name, x, Conv.of(3, CHANNELS).groups(8).withBias());
            }
        },
        DEPTHWISE {
            @Override
            Node first(String name, Node x, GraphBuilder g) {
                return g.conv(
                        name,
                        x,
                        Conv.of(3, CHANNELS).groups(CHANNELS).dilation(2).withBias());
            }
        },
        LINEAR {
            @Override
            Node first(String name, Node x, GraphBuilder g) {
                return g.linear(name, g.globalAveragePool(x), 7);
            }

            @Override
            Node again(Node first, Node x, GraphBuilder g) {
                return g.again(first, g.globalAveragePool(x));
            }
        };

        abstract Node first(String name, Node x, GraphBuilder g);

        Node again(Node first, Node x, GraphBuilder g) {
            return g.again(first, x);
        }
    }

    @BeforeAll
    static void load() {
        Dnnl.load();
    }

    /** Three maps, each half as large as the one before. */
    private static Graph graph(Kind kind, boolean shared) {
        GraphBuilder g = new GraphBuilder();
        Node x = g.conv("stem", g.image(3, SIDE, SIDE), Conv.of(3, CHANNELS).withBias());
        Node first = null;
        for (String level : LEVELS) {
            Node y = first != null && shared ? kind.again(first, x, g) : kind.first(level, x, g);
            first = first == null ? y : first;
            g.output(level, y);
            x = g.relu(g.maxPool(x, 3, 2, 1));
        }
        return g.build();
    }

    private static float[] random(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextDouble(-1, 1);
        }
        return values;
    }

    /** Numbers by name; those of other levels are those of the first. */
    private static Parameters parameters(Graph graph) {
        Parameters parameters = Parameters.initialize(graph, 3);
        for (String name : parameters.names()) {
            float[] values = parameters.get(name);
            float[] noise = random(values.length, local(name).hashCode());
            for (int i = 0; i < values.length; i++) {
                values[i] = noise[i] / 4 + (name.endsWith("running_var") ? 1 : 0);
            }
        }
        return parameters;
    }

    private static String local(String name) {
        for (String level : LEVELS) {
            if (name.startsWith(level + ".")) {
                return LEVELS.get(0) + name.substring(level.length());
            }
        }
        return name;
    }

    private static Batch batch() {
        return Batch.of(Tensor.of(random(2 * 3 * SIDE * SIDE, 1), 2, 3, SIDE, SIDE));
    }

    private static Outputs gradients(Graph graph, Precision precision, List<String> roots) {
        try (Session session = OneDnnBackend.open(graph, parameters(graph), Options.gradients(precision, true))) {
            Map<String, Tensor.Floats> given = new LinkedHashMap<>();
            Outputs outputs = session.evaluate(batch());
            for (String root : roots) {
                Tensor.Floats value = outputs.get(root);
                given.put(root, new Tensor.Floats(value.shape(), random(value.data().length, root.hashCode())));
            }
            return session.gradients(batch(), given);
        }
    }

    private static void agree(Kind kind, Precision precision, List<String> roots) {
        Models.requireServed(precision);
        long before = Block.liveBytes();
        Outputs shared = gradients(graph(kind, true), precision, roots);
        Outputs own = gradients(graph(kind, false), precision, roots);
        Map<String, float[]> sums = new LinkedHashMap<>();
        for (String name : own.names()) {
            float[] part = own.get(name).data();
            float[] sum = sums.computeIfAbsent(gradient(name), n -> new float[part.length]);
            for (int i = 0; i < sum.length; i++) {
                sum[i] += part[i];
            }
        }
        assertThat(shared.names()).isEqualTo(sums.keySet());
        Outputs again = gradients(graph(kind, true), precision, roots);
        for (String name : shared.names()) {
            assertThat(shared.get(name).data())
                    .as(name)
                    .containsExactly(sums.get(name), within(precision == Precision.FP32 ? 2e-4f : 0.05f));
            assertThat(again.get(name).data())
                    .as(name)
                    .isEqualTo(shared.get(name).data());
        }
        assertThat(Block.liveBytes()).isEqualTo(before);
    }

    private static String gradient(String name) {
        return name.startsWith("grad.") ? "grad." + local(name.substring("grad.".length())) : name;
    }

    @ParameterizedTest
    @EnumSource
    void gradientsAreSums(Kind kind) {
        agree(kind, Precision.FP32, LEVELS);
    }

    @ParameterizedTest
    @EnumSource
    void gradientsAreSumsInBf16(Kind kind) {
        agree(kind, Precision.BF16, LEVELS);
    }

    /** The first layer, which computes before the order of the weights is decided, is not differentiated. */
    @ParameterizedTest
    @EnumSource
    void someOfThemMayBeDifferentiated(Kind kind) {
        agree(kind, Precision.FP32, LEVELS.subList(1, 3));
        agree(kind, Precision.FP32, LEVELS.subList(1, 2));
    }
}
