package io.vertebra.app;

import io.vertebra.backbones.Backbones;
import io.vertebra.backbones.embed.EmbeddingIndex;
import io.vertebra.backbones.embed.FeatureExtractor;
import io.vertebra.backbones.weights.SchemeInfo;
import io.vertebra.backbones.weights.Schemes;
import io.vertebra.backbones.weights.WeightFile;
import io.vertebra.backbones.weights.WeightLoader;
import io.vertebra.datasets.decode.ImageDecoder;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.heads.Models;
import io.vertebra.images.Interpolation;
import io.vertebra.images.Normalization;
import io.vertebra.images.Raster;
import io.vertebra.images.Resampling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The Java examples of README.md: the lines between the marks stand there word by word. */
final class ReadmeExample {
    private ReadmeExample() {}

    // begin similar
    /** The photos of a folder that look most like one of them, the best first. */
    static List<EmbeddingIndex.Match<Path>> similar(Path weights, Path folder, Path query) throws IOException {
        EmbeddingIndex<Path> index = new EmbeddingIndex<>();
        try (FeatureExtractor extractor =
                        Backbones.load("mobilenet_v2").weights(weights).open();
                Stream<Path> photos = Files.list(folder)) {
            photos.forEach(photo -> index.add(photo, extractor.embed(photo)));
            return index.nearest(extractor.embed(query), 5);
        }
    }
    // end similar

    // begin classify
    /** The index of the class that a pretrained SqueezeNet sees in a photo. */
    static int classify(Engine engine, Path weights, Path photo) {
        try (WeightFile file = WeightFile.open(weights)) {
            SchemeInfo info = Schemes.builtIn().recognise(file); // torchvision? ONNX zoo? Keras? the names tell
            Graph graph = Models.builtIn()
                    .get("squeezenet1_1")
                    .with(info.conventions())
                    .inference()
                    .withOutputs("logits");
            Parameters parameters = Parameters.zeros(graph);
            new WeightLoader(file, info).load(parameters);

            Raster picture = Resampling.resizeShort(new ImageDecoder().read(photo), 256, Interpolation.BILINEAR);
            float[] pixels = new float[3 * 224 * 224];
            Normalization.IMAGENET.table().write(picture.centerCrop(224, 224), pixels, 0);

            try (Session session = engine.open(graph, parameters, Options.inference(engine.preferred()))) {
                Batch batch = Batch.of(Tensor.of(pixels, 1, 3, 224, 224));
                float[] logits = session.evaluate(batch).get("logits").data();
                int best = 0;
                for (int i = 1; i < logits.length; i++) {
                    best = logits[i] > logits[best] ? i : best;
                }
                return best;
            }
        }
    }
    // end classify
}
