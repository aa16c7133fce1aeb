package io.vertebra.backbones.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.backbones.Backbones;
import io.vertebra.backbones.CifarResNet;
import io.vertebra.backbones.MobileNetV2;
import io.vertebra.backbones.TimmNames;
import io.vertebra.backbones.weights.SafetensorsWriter;
import io.vertebra.backbones.weights.WeightsException;
import io.vertebra.backbones.zoo.WeightStore;
import io.vertebra.graph.Conventions;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.contract.Served;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.ParameterSpec;
import io.vertebra.images.Interpolation;
import io.vertebra.images.Normalization;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeatureExtractorBuilderTest {
    @TempDir
    Path folder;

    private final GatedEngine engine = GatedEngine.open();

    private FeatureExtractorBuilder builder(String name) {
        return Backbones.load(name).engine(engine);
    }

    private static float[] embedding(FeatureExtractorBuilder builder) {
        try (FeatureExtractor extractor = builder.open()) {
            float[] planes = new float[3 * 32 * 32];
            for (int i = 0; i < planes.length; i++) {
                planes[i] = (float) Math.sin(i);
            }
            return extractor.embed(planes, 32, 32);
        }
    }

    private static Graph classifier(Conventions conventions, int classes) {
        return EmbeddingGraph.classifier(Backbones.builtIn().get("resnet20_cifar"), conventions, classes);
    }

    private Path file(Graph graph, Parameters parameters, Map<String, String> metadata) {
        return file("weights.safetensors", graph, parameters, metadata);
    }

    private Path file(String name, Graph graph, Parameters parameters, Map<String, String> metadata) {
        Path file = folder.resolve(name);
        SafetensorsWriter writer = new SafetensorsWriter().metadata(metadata);
        for (ParameterSpec spec : graph.parameters()) {
            writer.add(spec.name(), spec.shape().toArray(), parameters.get(spec.name()));
        }
        writer.write(file);
        return file;
    }

    @Test
    void weightsMustBeChosen() {
        assertThatThrownBy(() -> builder("resnet20_cifar").open())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("weights: choose some; randomWeights(seed) will do for a trial");
    }

    @Test
    void theSeedDecidesRandomWeights() {
        float[] one = embedding(builder("resnet20_cifar").randomWeights(1));
        assertThat(embedding(builder("resnet20_cifar").randomWeights(1))).isEqualTo(one);
        assertThat(embedding(builder("resnet20_cifar").randomWeights(2))).isNotEqualTo(one);
    }

    @Test
    void weightsOfAFileAndOfMemoryGiveTheSame() {
        Graph graph = classifier(Conventions.DEFAULT, 7);
        Parameters parameters = Parameters.initialize(graph, 9);
        Path file = file(
                graph,
                parameters,
                Map.of(
                        "vertebra.names",
                        "canonical",
                        "vertebra.input_size",
                        "24",
                        "vertebra.mean",
                        "0.1,0.2,0.3",
                        "vertebra.std",
                        "1,2,3",
                        "vertebra.interpolation",
                        "bicubic",
                        "vertebra.crop",
                        "0.75"));

        float[] ofFile = embedding(builder("resnet20_cifar").weights(file));

        assertThat(embedding(builder("resnet20_cifar").weights(parameters))).isEqualTo(ofFile);
        assertThat(embedding(builder("resnet20_cifar").randomWeights(9))).isEqualTo(ofFile);
        try (FeatureExtractor extractor =
                builder("resnet20_cifar").weights(file).open()) {
            assertThat(extractor.preparation())
                    .isEqualTo(new Preparation(
                            32,
                            24,
                            Interpolation.BICUBIC,
                            new Normalization(List.of(0.1, 0.2, 0.3), List.of(1.0, 2.0, 3.0))));
        }
    }

    /** A set of torchvision's that lies in the cache, with values of our own. */
    private Parameters published() {
        Graph graph = EmbeddingGraph.classifier(Backbones.builtIn().get("mobilenet_v2"), Conventions.DEFAULT, 1000);
        Parameters parameters = Parameters.initialize(graph, 3);
        file("mobilenet_v2-b0353104.pth", graph, parameters, Map.of("vertebra.names", "canonical"));
        return parameters;
    }

    @Test
    void aTagNamesAPublishedSetInTheCache() {
        Parameters parameters = published();
        float[] expected = embedding(builder("mobilenet_v2").weights(parameters));

        assertThat(embedding(builder("mobilenet_v2").weights("imagenet1k_v1").cache(folder)))
                .isEqualTo(expected);
        WeightStore store =
                WeightStore.at(folder.resolve("none")).alsoIn(List.of(folder)).offline(true);
        try (FeatureExtractor extractor =
                builder("mobilenet_v2").store(store).weights("imagenet1k_v1").open()) {
            assertThat(extractor.preparation()).isEqualTo(Preparation.imageNet(224));
        }
        try (FeatureExtractor extractor = builder("mobilenet_v2")
                .weights(folder.resolve("mobilenet_v2-b0353104.pth")) // its name tells which set it is
                .open()) {
            assertThat(extractor.preparation()).isEqualTo(Preparation.imageNet(224));
        }
    }

    @Test
    void aTagThatIsNoneOrNotHereIsRefused() {
        assertThatThrownBy(() -> builder("shufflenet_v2_x2_0")
                        .weights("imagenet22k")
                        .cache(folder)
                        .open())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "weights: imagenet22k is no published set of shufflenet_v2_x2_0; there are [imagenet1k_v1]");
        WeightStore store = WeightStore.at(folder).offline(true);
        assertThatThrownBy(() -> builder("mobilenet_v2")
                        .weights("imagenet1k_v1")
                        .store(store)
                        .open())
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining("downloads are off");
    }

    @Test
    void weightsOfAnotherNetworkAreRefused() {
        Graph graph = classifier(Conventions.DEFAULT, 10);
        Path file = file(graph, Parameters.initialize(graph, 9), Map.of("vertebra.names", "canonical"));
        assertThatThrownBy(() -> builder("resnet32_cifar").weights(file).open())
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining("does not fit the model");
        Graph larger = EmbeddingGraph.classifier(Backbones.builtIn().get("resnet32_cifar"), Conventions.DEFAULT, 10);
        Path more = file(larger, Parameters.initialize(larger, 9), Map.of("vertebra.names", "canonical"));
        assertThatThrownBy(() -> builder("resnet20_cifar").weights(more).open())
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining("unexpected");
    }

    @Test
    void conventionsComeWithTheWeights() {
        Conventions loose = new Conventions(false, 0.5, false);
        Graph graph = classifier(loose, 10);
        Parameters parameters = Parameters.initialize(graph, 9);
        Path file = file(graph, parameters, Map.of("vertebra.names", "canonical", "vertebra.norm_epsilon", "0.5"));

        float[] ofFile = embedding(builder("resnet20_cifar").weights(file));

        assertThat(embedding(builder("resnet20_cifar").weights(parameters, loose)))
                .isEqualTo(ofFile);
        assertThat(embedding(builder("resnet20_cifar").weights(parameters))).isNotEqualTo(ofFile);
    }

    /** timm's names of two networks, of which one keeps its own ε. */
    @Test
    void conventionsAreThoseOfTheModelWhereNamesAreOfTwo() {
        String model = "tf_mobilenetv3_small_075";
        Graph graph = EmbeddingGraph.classifier(Backbones.builtIn().get(model), Conventions.DEFAULT, 5);
        Parameters parameters = Parameters.initialize(graph, 9);
        SafetensorsWriter writer = new SafetensorsWriter();
        for (ParameterSpec p : graph.parameters()) {
            int[] shape = p.name().equals("classifier.0.weight")
                    ? new int[] {p.shape().extents().get(0), p.shape().extents().get(1), 1, 1}
                    : p.shape().toArray();
            writer.add(TimmNames.of(model, p.name()), shape, parameters.get(p.name()));
        }
        Path file = folder.resolve("timm.safetensors");
        writer.write(file);

        float[] ofFile = embedding(builder(model).weights(file));
        assertThat(embedding(builder(model).weights(parameters))).isEqualTo(ofFile);
        Conventions timms = new Conventions(false, 1e-5, false);
        assertThat(embedding(builder(model).weights(parameters, timms))).isNotEqualTo(ofFile);
    }

    @Test
    void parametersMayStandBelowBackboneAndAreCopied() {
        GraphBuilder g = new GraphBuilder();
        var input = g.image(3, -1, -1);
        var pyramid = Backbones.builtIn().get("resnet20_cifar").build(input, g.in("backbone"));
        g.output("last", pyramid.last());
        Parameters scoped = Parameters.initialize(g.build(), 9);
        Parameters bare = Parameters.zeros(EmbeddingGraph.of(
                Backbones.builtIn().get("resnet20_cifar"), Conventions.DEFAULT, Pooling.MEAN, new TreeSet<>()));
        bare.names().forEach(n -> System.arraycopy(scoped.get("backbone." + n), 0, bare.get(n), 0, bare.get(n).length));

        float[] expected = embedding(builder("resnet20_cifar").weights(bare));

        assertThat(embedding(builder("resnet20_cifar").weights(scoped))).isEqualTo(expected);
    }

    @Test
    void parametersThatDoNotFitAreRefused() {
        Parameters narrow = Parameters.zeros(EmbeddingGraph.of(
                Backbones.builtIn()
                        .get("mobilenet_v2", new MobileNetV2.Config(0.5, null, null, null, null, null, null)),
                Conventions.DEFAULT,
                Pooling.MEAN,
                new TreeSet<>()));
        assertThatThrownBy(() -> builder("mobilenet_v2")
                        .pooling(Pooling.MEAN)
                        .weights(narrow)
                        .open())
                .isInstanceOf(GraphException.class)
                .hasMessageContaining("has the shape (16, 3, 3, 3), mobilenet_v2 wants (32, 3, 3, 3)");
        assertThatThrownBy(() -> builder("resnet20_cifar").weights(narrow).open())
                .isInstanceOf(GraphException.class)
                .hasMessageContaining("conv1.weight");
    }

    @Test
    void theEmbeddingIsWhatTheClassifierTakesOrTheMeanOfTheLastLevel() {
        assertThat(embedding(builder("mobilenet_v2").randomWeights(1))).hasSize(1280);
        assertThat(embedding(builder("mobilenet_v2").randomWeights(1).pooling(Pooling.MEAN)))
                .hasSize(320);
        assertThat(embedding(builder("squeezenet1_1").randomWeights(1))).hasSize(512); // a map before its classifier
    }

    @Test
    void optionsChangeTheBackbone() {
        MobileNetV2.Config options = new MobileNetV2.Config(0.5, 8, null, null, null, null, null);
        assertThatThrownBy(() -> builder("resnet20_cifar").options(options))
                .isInstanceOf(ClassCastException.class)
                .hasMessageContaining("MobileNetV2");
        try (FeatureExtractor extractor = builder("mobilenet_v2")
                .options(options)
                .randomWeights(1)
                .outputs(8)
                .open()) {
            Features features = extractor.extract(Picture.of(new float[3 * 32 * 32], 32, 32));
            assertThat(features.level(8).shape().c()).isEqualTo(160); // the last of the levels that have this reduction
        }
    }

    @Test
    void aLevelThatIsNotThereIsRefused() {
        assertThatThrownBy(() ->
                        builder("mobilenet_v2").randomWeights(1).outputs(8, 64).open())
                .isInstanceOf(GraphException.class)
                .hasMessage("outputs: mobilenet_v2 has no level of reduction 64; there are [2, 4, 8, 16, 32]");
    }

    @Test
    void otherChannelsNeedPlanes() {
        try (FeatureExtractor extractor = builder("resnet20_cifar")
                .options(new CifarResNet.Config(null, null, null, null, null, 1))
                .randomWeights(1)
                .open()) {
            assertThat(extractor.embed(new float[16 * 16], 16, 16)).hasSize(64);
            Picture photo = Picture.of(io.vertebra.images.Raster.of(1, 1, 1, new byte[1]));
            assertThatThrownBy(() -> extractor.embed(photo))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("picture: has 3 channels, the network takes 1; hand in normalised planes,"
                            + " Picture.of(pixels, height, width)");
        }
    }

    @Test
    void precisionReachesTheEngine() {
        Served.require(engine, Precision.BF16);
        builder("resnet20_cifar").randomWeights(1).open().close();
        builder("resnet20_cifar")
                .randomWeights(1)
                .precision(Precision.BF16)
                .open()
                .close();
        assertThat(engine.options).extracting(Options::precision).containsExactly(Precision.FP32, Precision.BF16);
        assertThat(engine.options).extracting(Options::mode).containsOnly(Options.Mode.INFERENCE);
    }

    @Test
    void picturesArePreparedAsTheNetworkWasPublishedUnlessTold() {
        try (FeatureExtractor extractor =
                builder("mobilenet_v2").randomWeights(1).open()) { // torchvision's second, better set
            assertThat(extractor.preparation())
                    .isEqualTo(new Preparation(232, 224, Interpolation.BILINEAR, Normalization.IMAGENET));
        }
        try (FeatureExtractor extractor =
                builder("resnet20_cifar").randomWeights(1).open()) { // of which no set is known
            assertThat(extractor.preparation()).isEqualTo(Preparation.imageNet(32));
        }
        try (FeatureExtractor extractor =
                builder("resnet20_cifar").randomWeights(1).size(64).open()) {
            assertThat(extractor.preparation().crop()).isEqualTo(64);
        }
        Preparation own = new Preparation(50, 40, Interpolation.BICUBIC, Normalization.IMAGENET);
        try (FeatureExtractor extractor =
                builder("resnet20_cifar").randomWeights(1).preparation(own).open()) {
            assertThat(extractor.preparation()).isEqualTo(own);
        }
        try (FeatureExtractor extractor = builder("resnet20_cifar")
                .randomWeights(1)
                .size(20)
                .preparation(own)
                .open()) {
            assertThat(extractor.preparation()).isEqualTo(own.withSize(20));
        }
    }

    @Test
    void theFastestEngineIsFoundOnTheClassPath() {
        assertThat(embedding(Backbones.load("resnet20_cifar").randomWeights(1)))
                .isEqualTo(embedding(builder("resnet20_cifar").randomWeights(1))); // the bits of onednn
    }

    @Test
    void batchesHoldSomethingAndWaitForwards() {
        FeatureExtractorBuilder builder = builder("resnet20_cifar");
        assertThatThrownBy(() -> builder.batching(0, Duration.ZERO)).hasMessageContaining("batching");
        assertThatThrownBy(() -> builder.batching(1, Duration.ofNanos(-1))).hasMessageContaining("batching");
        assertThatThrownBy(() -> builder.batching(1, Duration.ofDays(1).plusNanos(1)))
                .hasMessageContaining("batching");
        builder.batching(1, Duration.ofDays(1));
        assertThatThrownBy(() -> builder.size(0)).hasMessageContaining("size");
    }

    @Test
    void aPhotoThatIsTooLongIsAFaultOfItsFile() throws IOException {
        Path file = folder.resolve("long.png");
        ImageIO.write(new BufferedImage(1, 200_000, BufferedImage.TYPE_BYTE_GRAY), "png", file.toFile());
        try (FeatureExtractor extractor =
                builder("resnet20_cifar").randomWeights(1).open()) {
            assertThatThrownBy(() -> extractor.embed(file))
                    .isInstanceOf(PictureException.class)
                    .hasMessage(file + ": picture: 200000x1 becomes larger than a picture may be when its short side"
                            + " is resized to 37");
        }
    }

    @Test
    void opensNoSessionForASizeThatCannotBe() {
        FeatureExtractorBuilder builder =
                builder("resnet20_cifar").randomWeights(1).size(Integer.MAX_VALUE);
        assertThatThrownBy(builder::open)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("size: ");
        assertThat(engine.graphs).isEmpty(); // it could not be closed
    }
}
