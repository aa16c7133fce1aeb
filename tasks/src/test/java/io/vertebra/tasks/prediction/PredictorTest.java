package io.vertebra.tasks.prediction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.datasets.Annotations;
import io.vertebra.datasets.DatasetException;
import io.vertebra.datasets.transforms.Pipeline;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.reference.ReferenceEngine;
import io.vertebra.images.Normalization;
import io.vertebra.images.Raster;
import io.vertebra.tasks.Forward;
import io.vertebra.tasks.MemoryFolders;
import io.vertebra.tasks.Prediction;
import io.vertebra.tasks.Problem;
import io.vertebra.tasks.TinyNet;
import io.vertebra.tasks.classification.ClassPrediction;
import io.vertebra.tasks.classification.ClassificationProblem;
import io.vertebra.tasks.evaluation.Evaluator;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PredictorTest {
    private static final List<String> NAMES = List.of("red", "green, or so", "blue");
    private static final Normalization GREY = new Normalization(List.of(0.5, 0.5, 0.5), List.of(0.25, 0.25, 0.25));

    @TempDir(factory = MemoryFolders.class)
    private Path temp;

    private Path small;
    private Path large;
    private Path other;

    @BeforeEach
    void drawPictures() throws IOException {
        small = write("small.png", 12, 12, 0xC04040);
        large = write("large.jpg", 20, 16, 0x40C040);
        other = write("sub/small.png", 12, 12, 0x4040C0);
    }

    private Path write(String name, int width, int height, int rgb) throws IOException {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, rgb + x + y);
            }
        }
        Path file = temp.resolve("in").resolve(name);
        Files.createDirectories(file.getParent());
        ImageIO.write(image, name.substring(name.indexOf('.') + 1), file.toFile());
        return file;
    }

    private static List<Result> predict(List<Path> files, int batchSize) {
        Graph graph = TinyNet.training();
        Graph inference = graph.withOutputs("logits");
        List<Result> results = new ArrayList<>();
        try (Session session = new ReferenceEngine()
                .open(inference, Parameters.initialize(graph, 4), Options.inference(Precision.FP32))) {
            Problem problem = new ClassificationProblem("", NAMES, 0, false);
            Forward network = Evaluator.forward(problem, session, Session.Weights.LIVE);
            new Predictor(problem, network, Pipeline.NONE, GREY, batchSize).predict(files, 2, results::add);
        }
        return results;
    }

    private static double score(Result result) {
        return ((ClassPrediction) result.prediction()).candidates().get(0).score();
    }

    @Test
    void answersInTheOrderOfTheFilesWhateverTheBatch() {
        List<Path> files = List.of(small, other, large, small);
        List<Result> one = predict(files, 1);
        assertThat(one).extracting(Result::file).isEqualTo(files);
        assertThat(one.get(0).photo().width()).isEqualTo(12);
        assertThat(score(one.get(0))).isEqualTo(score(one.get(3))).isNotEqualTo(score(one.get(1)));
        for (int batch : new int[] {2, 3, 8}) {
            List<Result> many = predict(files, batch);
            assertThat(many).extracting(Result::file).isEqualTo(files);
            for (int i = 0; i < files.size(); i++) {
                assertThat(score(many.get(i))).isCloseTo(score(one.get(i)), within(1e-6));
            }
        }
    }

    @Test
    void writesTablesAndAnnotatedPictures() throws IOException {
        Path out = temp.resolve("out/deep");
        ResultFiles files = new ResultFiles(out);
        List<Path> pictures = new ArrayList<>();
        for (Result result : predict(List.of(small, large, other), 4)) {
            pictures.add(files.add(result));
        }
        files.finish();
        assertThat(pictures)
                .containsExactly(out.resolve("small.png"), out.resolve("large.jpg"), out.resolve("small-2.png"));
        BufferedImage drawn = ImageIO.read(out.resolve("large.jpg").toFile());
        assertThat(drawn.getWidth()).isEqualTo(320);
        assertThat(drawn.getHeight()).isEqualTo(256 + 10 + 2 * 26 + 10);
        assertThat(Files.readAllBytes(out.resolve("large.jpg"))).startsWith(0xFF, 0xD8);
        assertThat(Files.readAllBytes(out.resolve("small.png"))).startsWith(0x89, 'P', 'N', 'G');

        List<String> csv = Files.readAllLines(out.resolve("predictions.csv"));
        assertThat(csv).hasSize(4);
        assertThat(csv.get(0)).isEqualTo("path,label,label_name,score,label_2,label_name_2,score_2");
        assertThat(csv.get(1)).startsWith(small + ",").matches(".*,0\\.[0-9]{6},[012],.*,0\\.[0-9]{6}");
        assertThat(String.join("\n", csv)).contains("\"green, or so\"");
        assertThat(Files.readString(out.resolve("predictions.json")))
                .contains("{\"path\":\"" + small + "\",\"top\":[{\"label\":")
                .contains("\"label_name\":\"blue\"", "\"score\":0.");
    }

    @Test
    void quotesAreDoubled() throws IOException {
        Path quoted = Files.copy(small, small.resolveSibling("a \"b\".png"));
        ResultFiles files = new ResultFiles(temp.resolve("out"));
        predict(List.of(quoted), 1).forEach(files::add);
        files.finish();
        assertThat(Files.readAllLines(temp.resolve("out/predictions.csv")).get(1))
                .startsWith("\"" + temp.resolve("in") + "/a \"\"b\"\".png\",");
    }

    @Test
    void aFileThatIsNoPictureIsNamed() throws IOException {
        Path text = Files.writeString(temp.resolve("in/note.png"), "hello");
        assertThatThrownBy(() -> predict(List.of(small, text), 4))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("note.png");
    }

    @Test
    void nothingAskedNothingAnswered() {
        assertThat(predict(List.of(), 4)).isEmpty();
    }

    /** An answer with a file of its own. */
    private record Mapped(String text) implements Prediction {
        @Override
        public String summary() {
            return text;
        }

        @Override
        public Map<String, Object> values() {
            return Map.of("text", text);
        }

        @Override
        public List<List<String>> rows() {
            return List.of();
        }

        @Override
        public List<String> columns() {
            return List.of("text");
        }

        @Override
        public BufferedImage draw(Raster photo, Annotations truth) {
            return new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB);
        }

        @Override
        public Map<String, byte[]> files() {
            return Map.of(".labels.png", text.getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void noFileTakesThePlaceOfAnother() throws IOException {
        Path out = temp.resolve("out");
        ResultFiles files = new ResultFiles(out);
        Raster pixel = Raster.of(1, 1, 3, new byte[3]);
        List<Path> pictures = new ArrayList<>();
        for (String name : List.of("a.jpg", "a.png", "a.labels.webp", "b.labels.png", "b.png", "A.JPEG")) {
            pictures.add(files.add(new Result(Path.of("in", name), pixel, Annotations.NONE, new Mapped(name))));
        }
        files.finish();
        assertThat(pictures)
                .extracting(p -> p.getFileName().toString())
                .containsExactly("a.jpg", "a-2.png", "a.labels-2.png", "b.labels.png", "b-2.png", "A.jpg");
        assertThat(out.resolve("a.labels.png")).hasContent("a.jpg");
        assertThat(out.resolve("a-2.labels.png")).hasContent("a.png");
        assertThat(out.resolve("b-2.labels.png")).hasContent("b.png");
        assertThat(Files.readAllBytes(out.resolve("b.labels.png"))).startsWith(0x89, 'P', 'N', 'G');
        assertThat(Files.readAllBytes(out.resolve("A.jpg"))).startsWith(0xFF, 0xD8);
        assertThat(Files.readString(out.resolve("predictions.csv"))).isEqualTo("path,text\n");
    }
}
