package example;

import io.vertebra.backbones.Backbones;
import io.vertebra.backbones.embed.EmbeddingIndex;
import io.vertebra.backbones.embed.FeatureExtractor;
import io.vertebra.backbones.embed.FeatureExtractorBuilder;
import io.vertebra.backbones.embed.PictureException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Lists the photos of a folder and those below it that are most like one of them: {@code SimilarPhotos FOLDER PHOTO [WEIGHTS]}. */
public final class SimilarPhotos {
    private static final int SHOWN = 5;

    private SimilarPhotos() {}

    /** A photo and its place in the network's eyes. */
    private record Seen(Path photo, float[] embedding) {}

    public static void main(String[] args) throws IOException {
        FeatureExtractorBuilder network = Backbones.load("mobilenet_v2");
        if (args.length == 0) {
            System.out.println("a trial with drawn pictures and random weights; give FOLDER PHOTO [WEIGHTS] for more");
            Path drawn = DrawnPictures.into(Path.of("target", "drawn"));
            search(network.randomWeights(1), drawn, drawn.resolve("disc-0.png"));
        } else if (args.length == 2) {
            search(network.weights("imagenet1k_v2"), Path.of(args[0]), Path.of(args[1]));
        } else {
            search(network.weights(Path.of(args[2])), Path.of(args[0]), Path.of(args[1]));
        }
    }

    private static void search(FeatureExtractorBuilder network, Path folder, Path query) throws IOException {
        EmbeddingIndex<Path> index = new EmbeddingIndex<>();
        try (FeatureExtractor extractor = network.open();
                Stream<Path> files = Files.walk(folder)) {
            List<Path> photos = files.filter(Files::isRegularFile)
                    .filter(photo -> photo.toString().toLowerCase(Locale.ROOT).matches(".*\\.(jpe?g|png|bmp|gif|tiff?)"))
                    .filter(photo -> !photo.equals(query))
                    .sorted()
                    .toList();
            photos.parallelStream() // many threads, one network: pictures that wait share a batch
                    .map(photo -> seen(extractor, photo))
                    .flatMap(Optional::stream)
                    .forEachOrdered(seen -> index.add(seen.photo(), seen.embedding()));
            System.out.println("of " + index.size() + " photos, most like " + query.getFileName() + ":");
            index.nearest(extractor.embed(query), SHOWN)
                    .forEach(match -> System.out.printf(
                            Locale.ROOT, "%.4f  %s%n", match.similarity(), folder.relativize(match.key())));
        }
    }

    private static Optional<Seen> seen(FeatureExtractor extractor, Path photo) {
        try {
            return Optional.of(new Seen(photo, extractor.embed(photo)));
        } catch (PictureException e) {
            System.err.println(e.getMessage());
            return Optional.empty();
        }
    }
}
