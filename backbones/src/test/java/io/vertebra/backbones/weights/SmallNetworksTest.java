package io.vertebra.backbones.weights;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.backbones.Distance;
import io.vertebra.backbones.Engines;
import io.vertebra.graph.Conv;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.contract.Served;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.AveragePool;
import io.vertebra.graph.op.MaxPool;
import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Published files of networks that are no family of ours, in three formats with three layouts: each in its network, built here
 * after {@code shared/weights/README.md}, gives the activations that PyTorch gives.
 */
class SmallNetworksTest {
    /** Of the largest value: what the README expects of another fp32 implementation. */
    private static final double TOLERANCE = 1e-4;

    private static final double BF16 = 0.1;

    static Stream<Arguments> networks() {
        return Stream.of(
                Arguments.of(
                        "squeezenet1_1_notop_keras.h5", """
                        {"name": "keras_squeezenet", "about": "Keras 1: paths of groups, whose names hold slashes themselves",
                         "recognise": [{"all": ["fire9/expand3x3/uniform\\\\d+"]}],
                         "rules": [{"from": "(.+)/uniform\\\\d+", "to": "{1}.weight", "layout": "hwio"},
                                   {"from": "(conv1)/conv1_b", "to": "{1}.bias"},
                                   {"from": "(fire\\\\d/\\\\w+)/fire\\\\d/\\\\w+_b", "to": "{1}.bias"}]}
                        """, (Supplier<Graph>) SmallNetworksTest::squeezeNet, "fire9"),
                Arguments.of(
                        "cifar10_quick_caffe.h5", """
                        {"name": "caffe", "about": "Caffe: a group a layer, weight and bias by number",
                         "recognise": [{"all": ["data/ip2/1"]}],
                         "rules": [{"from": "data/(\\\\w+)/0", "to": "{1}.weight"}, {"from": "data/(\\\\w+)/1", "to": "{1}.bias"}]}
                        """, (Supplier<Graph>) SmallNetworksTest::cifar10Quick, "logits"),
                Arguments.of(
                        "shufflenetv2_0.5x_backbone.pth",
                        """
                        {"name": "fastestdet", "about": "FastestDet's backbone",
                         "recognise": [{"all": ["stage4.3.branch_main.6.weight"]}],
                         "rules": [{"from": "(.+)", "to": "{1}"}]}
                        """,
                        (Supplier<Graph>) SmallNetworksTest::shuffleNet,
                        "stage4"));
    }

    @ParameterizedTest
    @MethodSource("networks")
    void answerAsInPyTorchOnOnednn(String file, String scheme, Supplier<Graph> network, String last)
            throws IOException {
        check("onednn", Precision.FP32, TOLERANCE, file, scheme, network, last);
    }

    @ParameterizedTest
    @MethodSource("networks")
    void staysNearInBf16(String file, String scheme, Supplier<Graph> network, String last) throws IOException {
        Served.require(Engines.named("onednn"), Precision.BF16);
        check("onednn", Precision.BF16, BF16, file, scheme, network, last);
    }

    @Tag("slow")
    @ParameterizedTest
    @MethodSource("networks")
    void answerAsInPyTorchOnDl4j(String file, String scheme, Supplier<Graph> network, String last) throws IOException {
        check("dl4j", Precision.FP32, TOLERANCE, file, scheme, network, last);
    }

    private static void check(
            String engine,
            Precision precision,
            double tolerance,
            String published,
            String scheme,
            Supplier<Graph> network,
            String last)
            throws IOException {
        String golden = published.substring(0, published.lastIndexOf('.')) + ".golden.safetensors";
        try (WeightFile file = WeightFile.open(Fixtures.shared("weights/" + published));
                WeightFile wanted = WeightFile.open(Fixtures.shared("weights/" + golden))) {
            SchemeInfo info = new Schemes(List.of(Schemes.parse(scheme))).recognise(file);
            Graph graph = network.get();
            Parameters parameters = Parameters.zeros(graph);
            LoadReport report = new WeightLoader(file, info).load(parameters);
            assertThat(report.loaded()).containsExactlyElementsOf(parameters.names());

            Shape shape = new Shape(wanted.tensors().get("input").shape());
            Batch batch = Batch.of(new Tensor.Floats(shape, wanted.read("input")));
            try (Session session = Engines.named(engine).open(graph, parameters, Options.inference(precision))) {
                Outputs got = session.evaluate(batch);
                float[] whole = wanted.read(last);
                assertThat(got.get(last).shape().extents())
                        .isEqualTo(wanted.tensors().get(last).shape());
                near(last, got.get(last).data(), whole, tolerance);
                Set<String> others = new TreeSet<>(graph.outputs().keySet());
                others.remove(last);
                assertThat(others).hasSizeGreaterThan(2);
                for (String name : others) {
                    near(name, sample(got.get(name).data()), wanted.read("act." + name + ".sample64"), tolerance);
                }
            }
        }
    }

    private static void near(String what, float[] got, float[] wanted, double tolerance) {
        assertThat(Distance.between(got, wanted)).as(what).isLessThan(tolerance * Distance.largest(wanted));
    }

    private static float[] sample(float[] values) {
        float[] sample = new float[64];
        for (int i = 0; i < 64; i++) {
            sample[i] = values[(int) ((long) i * (values.length - 1) / 63)];
        }
        return sample;
    }

    private static Node biased(GraphBuilder g, String name, Node x, Conv conv) {
        return g.relu(g.conv(name, x, conv.withBias()));
    }

    private static Graph squeezeNet() {
        GraphBuilder g = new GraphBuilder();
        Node x = biased(
                g, "conv1", g.image(3, 227, 227), Conv.of(3, 64).stride(2).padding(Padding.none()));
        g.output("conv1", x);
        x = g.maxPool(x, 3, 2, 0);
        List<Integer> squeezed = List.of(16, 16, 32, 32, 48, 48, 64, 64);
        for (int i = 0; i < squeezed.size(); i++) {
            String fire = "fire" + (i + 2);
            int channels = squeezed.get(i);
            Node squeeze = biased(g, fire + "/squeeze1x1", x, Conv.of(1, channels));
            x = g.concat(
                    biased(g, fire + "/expand1x1", squeeze, Conv.of(1, 4 * channels)),
                    biased(g, fire + "/expand3x3", squeeze, Conv.of(3, 4 * channels)));
            g.output(fire, x);
            x = fire.equals("fire3") || fire.equals("fire5") ? g.maxPool(x, 3, 2, 0) : x;
        }
        return g.build();
    }

    private static Graph cifar10Quick() {
        AveragePool average = new AveragePool(Size.of(3), Size.of(2), Padding.none(), true, true);
        GraphBuilder g = new GraphBuilder();
        Node x = g.conv("conv1", g.image(3, 32, 32), Conv.of(5, 32).withBias());
        x = g.relu(g.maxPool(x, new MaxPool(Size.of(3), Size.of(2), Padding.none(), true)));
        g.output("pool1", x);
        x = g.averagePool(biased(g, "conv2", x, Conv.of(5, 32)), average);
        g.output("pool2", x);
        x = g.averagePool(biased(g, "conv3", x, Conv.of(5, 64)), average);
        g.output("pool3", x);
        g.output("logits", g.linear("ip2", g.linear("ip1", g.flatten(x), 64), 10));
        return g.build();
    }

    /** Unlike the paper's: channels of even numbers pass a unit of stride 1, those of odd numbers take its branch. */
    private static Graph shuffleNet() {
        GraphBuilder g = new GraphBuilder();
        Node x = g.relu(
                norm(g.in("first_conv"), 0, g.image(3, 224, 224), Conv.of(3, 24).stride(2)));
        g.output("first_conv", x);
        x = g.maxPool(x, 3, 2, 1);
        g.output("maxpool", x);
        List<Integer> units = List.of(4, 8, 4);
        for (int stage = 0; stage < units.size(); stage++) {
            int half = 24 << stage;
            for (int unit = 0; unit < units.get(stage); unit++) {
                GraphBuilder in = g.in("stage" + (stage + 2), unit);
                Node passing;
                Node main = x;
                if (unit == 0) {
                    GraphBuilder proj = in.in("branch_proj");
                    passing = norm(
                            proj,
                            0,
                            x,
                            Conv.of(3, x.channels()).groups(x.channels()).stride(2));
                    passing = g.relu(norm(proj, 2, passing, Conv.of(1, half)));
                } else {
                    Node sorted = g.channelShuffle(x, half); // the even ones, then the odd
                    passing = g.slice(sorted, 0, half);
                    main = g.slice(sorted, half, 2 * half);
                }
                x = g.concat(passing, main(in.in("branch_main"), main, half, unit == 0 ? 2 : 1));
            }
            g.output("stage" + (stage + 2), x);
        }
        return g.build();
    }

    private static Node main(GraphBuilder g, Node x, int channels, int stride) {
        Node y = g.relu(norm(g, 0, x, Conv.of(1, channels)));
        y = norm(g, 3, y, Conv.of(3, channels).groups(channels).stride(stride));
        return g.relu(norm(g, 5, y, Conv.of(1, channels)));
    }

    private static Node norm(GraphBuilder g, int place, Node x, Conv conv) {
        return g.batchNorm(String.valueOf(place + 1), g.conv(String.valueOf(place), x, conv));
    }
}
