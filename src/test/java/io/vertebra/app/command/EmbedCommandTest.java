package io.vertebra.app.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertebra.app.CommandRun;
import io.vertebra.app.ExitCode;
import io.vertebra.app.Shared;
import io.vertebra.backbones.Backbones;
import io.vertebra.backbones.embed.FeatureExtractor;
import io.vertebra.backbones.weights.WeightFile;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Vectors of drawn pictures by a small random network, and of real photos where there are any. */
@Tag("slow")
class EmbedCommandTest {
    @TempDir
    Path folder;

    private static CommandRun run(Object... args) {
        return CommandRun.of(Stream.concat(Stream.of("embed"), Stream.of(args)).toArray());
    }

    private static CommandRun done(Object... args) {
        return run(args).orFail();
    }

    /** Four pictures: two with a wide left half of red, two of blue, which differ a little; the names do not follow the colours. */
    private Path pictures() throws IOException {
        Path pictures = Files.createDirectories(folder.resolve("pictures"));
        Files.createDirectories(pictures.resolve("below"));
        draw(pictures.resolve("a.png"), Color.RED, 16);
        draw(pictures.resolve("b.png"), Color.BLUE, 16);
        draw(pictures.resolve("below/c.png"), Color.RED, 17);
        draw(pictures.resolve("d.png"), Color.BLUE, 18);
        return pictures;
    }

    private static void draw(Path file, Color colour, int width) throws IOException {
        BufferedImage image = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = image.createGraphics();
        g.setColor(colour);
        g.fillRect(0, 0, width, 32);
        g.dispose();
        assertThat(ImageIO.write(image, "png", file.toFile())).isTrue();
    }

    private static float[] read(Path file, int rows) {
        try (WeightFile read = WeightFile.open(file)) {
            assertThat(read.tensors().keySet()).containsExactly("embeddings");
            assertThat(read.tensors().get("embeddings").shape()).containsExactly(rows, 64);
            return read.read("embeddings");
        }
    }

    @Test
    void writesAVectorForEachPictureAndItsName() throws IOException {
        Path pictures = pictures();
        Path out = folder.resolve("vectors.safetensors");

        CommandRun run = done("--model", "resnet20_cifar", pictures, "--output", out, "--set", "evaluate.batch_size=3");

        List<String> names = Files.readAllLines(folder.resolve("paths.txt"));
        assertThat(names)
                .containsExactlyElementsOf(Stream.of("a.png", "b.png", "below/c.png", "d.png")
                        .map(n -> pictures.resolve(n).toString())
                        .toList());
        assertThat(run.out())
                .isEqualTo(out + ": 4 vectors of 64 values; the names are in " + folder.resolve("paths.txt") + "\n");
        assertThat(run.err()).contains("no weights are given: these are the vectors of a random network");
        float[] together = read(out, 4);
        for (int i = 0; i < 4; i++) {
            done("--model", "resnet20_cifar", names.get(i), "--output", out);
            float[] alone = read(out, 1);
            for (int c = 0; c < 64; c++) {
                float rounding = 2e-5f * Math.max(1, Math.abs(alone[c])); // with AVX2 9e-6 was seen
                assertThat(together[64 * i + c]).isCloseTo(alone[c], within(rounding));
            }
        }
    }

    @Test
    void listsWhatIsAlike() throws IOException {
        Path pictures = pictures();
        Path query = pictures.resolve("../pictures/a.png");

        CommandRun run =
                done("--model", "resnet20_cifar", pictures, "--similar", query, "--set", "evaluate.batch_size=2");

        List<String> lines = run.out().lines().toList();
        assertThat(lines).hasSize(3); // not the picture itself
        assertThat(lines.get(0)).matches("0\\.9\\d{3}  .*c\\.png");
        assertThat(lines.stream()
                        .map(l -> Double.parseDouble(l.substring(0, 6)))
                        .toList())
                .isSortedAccordingTo((a, b) -> Double.compare(b, a));
        JsonNode json = done("--model", "resnet20_cifar", pictures, "--similar", query, "--top", 2, "--json")
                .asJson();
        assertThat(json.get("similar")).hasSize(2);
        assertThat(json.at("/similar/0/file").textValue())
                .isEqualTo(pictures.resolve("below/c.png").toString());
        assertThat(json.at("/similar/0/similarity").doubleValue())
                .isGreaterThan(0.9)
                .isLessThanOrEqualTo(1.0001);
        assertThat(json.get("file").isNull()).isTrue();
        assertThat(json.get("vectors").intValue()).isEqualTo(4);
        assertThat(json.get("values").intValue()).isEqualTo(64);
        assertThat(json.get("unreadable")).isEmpty();
    }

    @Test
    void namesWhatItCannotReadAndGoesOn() throws IOException {
        Path pictures = pictures();
        Path broken = Files.writeString(pictures.resolve("c.jpg"), "no picture");
        Path out = folder.resolve("vectors.safetensors");

        CommandRun run = run("--model", "resnet20_cifar", pictures, "--output", out, "--json");

        assertThat(run.code()).isEqualTo(ExitCode.DATA.code());
        JsonNode json = run.asJson();
        assertThat(json.get("vectors").intValue()).isEqualTo(4);
        assertThat(json.get("file").textValue()).isEqualTo(out.toString());
        assertThat(json.at("/unreadable/0/file").textValue()).isEqualTo(broken.toString());
        String reason = json.at("/unreadable/0/reason").textValue();
        assertThat(run.err()).contains(broken + ": " + reason + "; left out\n");
        assertThat(Files.readAllLines(folder.resolve("paths.txt"))).hasSize(4).noneMatch(n -> n.contains("c.jpg"));
        read(out, 4);
    }

    @Test
    void writesNothingWhereNothingCanBeRead() throws IOException {
        Path broken = Files.writeString(folder.resolve("c.jpg"), "no picture");
        Path out = folder.resolve("vectors.safetensors");
        CommandRun run = run("--model", "resnet20_cifar", broken, "--output", out);
        assertThat(run.code()).isEqualTo(ExitCode.DATA.code());
        assertThat(out).doesNotExist();
        assertThat(folder.resolve("paths.txt")).doesNotExist();
        assertThat(run.out()).isEmpty();
    }

    @Test
    void refusesNonsense() throws IOException {
        Path pictures = pictures();
        CommandRun nothing = run("--model", "resnet20_cifar", pictures);
        assertThat(nothing.code()).isEqualTo(ExitCode.USAGE.code());
        assertThat(nothing.err()).isEqualTo("say --output FILE or --similar PICTURE, or both; see --help\n");
        CommandRun none =
                run("--model", "resnet20_cifar", pictures, "--similar", pictures.resolve("a.png"), "--top", 0);
        assertThat(none.code()).isEqualTo(ExitCode.USAGE.code());
        assertThat(none.err()).isEqualTo("--top must be at least 1, is 0\n");
        CommandRun missing = run("--model", "resnet20_cifar", pictures, "--similar", folder.resolve("x.png"));
        assertThat(missing.code()).isEqualTo(ExitCode.DATA.code());
        assertThat(missing.err()).contains("x.png: does not exist");
        Path empty = Files.createDirectories(folder.resolve("empty"));
        assertThat(run("--model", "resnet20_cifar", empty, "--output", "x").err())
                .isEqualTo("no pictures are given; see vertebra embed --help\n");
    }

    @Test
    void ofADetectorItIsTheMeanOfTheCoarsestLevel() throws IOException {
        Path out = folder.resolve("vectors.safetensors");
        done("--model", "ssd_mobilenet_v1_075_coco", pictures().resolve("a.png"), "--output", out);
        try (WeightFile read = WeightFile.open(out)) {
            assertThat(read.tensors().get("embeddings").shape()).containsExactly(1, 768);
        }
    }

    @Test
    void aRunEmbedsAsItWasValidated() throws IOException {
        Path recipe = Files.writeString(folder.resolve("recipe.yaml"), """
                task: classification
                model: {backbone: {name: resnet20_cifar}}
                data:
                  normalize: {mean: [0.5, 0.4, 0.3], std: [0.25, 0.2, 0.3]}
                  train: {format: shapes, count: 16, size: 32}
                  val: {format: shapes, count: 8, size: 32, transforms: [{name: resize, size: 24}, {name: center_crop, size: 24}]}
                train: {batch_size: 8, epochs: 1}
                """);
        Path trained = folder.resolve("run");
        assertThat(CommandRun.of("train", recipe.toString(), "--output", trained.toString())
                        .code())
                .isZero();
        Path out = folder.resolve("vectors.safetensors");
        Path picture = pictures().resolve("a.png");

        done(trained, picture, "--output", out);

        float[] ofRun = read(out, 1);
        Path weights;
        try (Stream<Path> files = Files.list(trained.resolve("weights"))) {
            weights = files.sorted().findFirst().orElseThrow();
        }
        done("--model", "resnet20_cifar", "--weights", weights, picture, "--output", out);
        assertThat(Arrays.equals(read(out, 1), ofRun)).isFalse(); // at the size of training
        done(recipe, "--weights", weights, picture, "--output", out);
        assertThat(read(out, 1)).isEqualTo(ofRun);
    }

    @Test
    void equalsTheExtractorOfPrograms() throws IOException {
        Path photo = Shared.path("weights/photos/cat.jpg");
        Path weights = Shared.path("weights/mobilenet_v2_1.0_224_in1k.safetensors");
        Path out = folder.resolve("vectors.safetensors");
        done("--model", "mobilenet_v2", "--weights", weights, photo, "--output", out);
        try (WeightFile read = WeightFile.open(out);
                FeatureExtractor extractor =
                        Backbones.load("mobilenet_v2").weights(weights).open()) {
            float[] ofCommand = read.read("embeddings");
            float[] ofProgram = extractor.embed(photo);
            assertThat(ofCommand).hasSameSizeAs(ofProgram);
            double difference = 0;
            double length = 0;
            for (int i = 0; i < ofProgram.length; i++) { // two JPEG decoders differ a little
                difference += Math.pow(ofCommand[i] - ofProgram[i], 2);
                length += Math.pow(ofProgram[i], 2);
            }
            assertThat(Math.sqrt(difference / length)).isLessThan(0.05);
        }
    }
}
