package io.vertebra.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertebra.app.CommandRun;
import io.vertebra.app.ExitCode;
import io.vertebra.app.Shared;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The numbers themselves are tested where they are made; here is what the user sees of them. */
class ScoreCommandTest {
    private static final String TRUTH = """
            {"images":[{"id":1,"height":4,"width":4}],"categories":[{"id":2,"name":"a, b"},{"id":5,"name":"none"}],
             "annotations":[{"id":%d,"image_id":1,"category_id":2,"bbox":[0,0,2,4],"area":8,"segmentation":[[0,0,2,0,2,4,0,4]]}]}
            """;

    @TempDir
    Path folder;

    private static JsonNode json(CommandRun run) {
        return run.orFail().asJson();
    }

    private String write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text).toString();
    }

    private void map(String name, int width, int... values) throws IOException {
        BufferedImage image = new BufferedImage(width, values.length / width, BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setPixels(0, 0, width, values.length / width, values);
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        ImageIO.write(image, "png", file.toFile());
    }

    private CommandRun miou(String... more) {
        List<String> args = new java.util.ArrayList<>(List.of(
                "score",
                "miou",
                "--predictions",
                folder.resolve("p").toString(),
                "--labels",
                folder.resolve("l").toString()));
        args.addAll(List.of(more));
        return CommandRun.of(args.toArray(String[]::new));
    }

    @Test
    void comparesLabelMaps() throws IOException {
        map("l/sub/x.png", 3, 1, 2, 3, 0, 255, 1);
        map("p/sub/x.png", 3, 0, 1, 1, 0, 0, 0);
        map("p/other.png", 1, 0);
        CommandRun plain = miou("--classes", "4", "--ignore", "255", "--reduce-zero-label");
        assertThat(plain.err()).isEqualTo(folder.resolve("p") + ": 1 files are of no label and do not count\n");
        assertThat(plain.out()).isEqualTo("""
                class  pixels     IoU     Acc    Dice  Fscore  Precision  Recall
                0           2  1.0000  1.0000  1.0000  1.0000     1.0000  1.0000
                1           1  0.5000  1.0000  0.6667  0.6667     0.5000  1.0000
                2           1  0.0000  0.0000  0.0000       -          -  0.0000
                3           0       -       -       -       -          -       -

                aAcc       0.7500
                mIoU       0.5000
                mAcc       0.6667
                mDice      0.5556
                mFscore    0.8333
                mPrecision 0.7500
                mRecall    0.6667
                """);
        JsonNode object = json(miou("--classes", "4", "--ignore", "255", "--reduce-zero-label", "--json"));
        assertThat(object.get("mIoU").doubleValue()).isEqualTo(0.5);
        assertThat(object.get("pictures").intValue()).isEqualTo(1);
        assertThat(object.at("/classes/3/IoU").isNull()).isTrue();
        assertThat(object.at("/classes/1/Precision").doubleValue()).isEqualTo(0.5);
        assertThat(object.at("/classes/0/pixels").intValue()).isEqualTo(2);
        assertThat(object.at("/classes/2/class").intValue()).isEqualTo(2);
        JsonNode filled = json(miou(
                "--classes",
                "4",
                "--ignore",
                "255",
                "--reduce-zero-label",
                "--nan-to-num",
                "1",
                "--beta",
                "2",
                "--json"));
        assertThat(filled.get("mIoU").doubleValue()).isEqualTo(2.5 / 4);
        assertThat(filled.at("/classes/1/Fscore").doubleValue()).isEqualTo(5 * 0.5 / (4 * 0.5 + 1));
        assertThat(json(miou("--classes", "4", "--json")).get("aAcc").doubleValue())
                .isEqualTo(1.0 / 5);
    }

    @Test
    void wantsPairsOfOneSize() throws IOException {
        map("l/x.png", 2, 0, 0);
        assertThat(miou("--classes", "2").err()).isEqualTo(folder.resolve("p") + ": does not exist\n");
        Files.createDirectories(folder.resolve("p"));
        assertThat(miou("--classes", "2").err()).isEqualTo(folder.resolve("p/x.png") + ": does not exist\n");
        map("p/x.png", 1, 0, 0);
        CommandRun run = miou("--classes", "2");
        assertThat(run.code()).isEqualTo(ExitCode.DATA.code());
        assertThat(run.err())
                .isEqualTo(folder.resolve("p/x.png") + ": has 1x2 pixels, its label " + folder.resolve("l/x.png")
                        + " 2x1\n");
        map("p/x.png", 3, 0, 0, 0);
        assertThat(miou("--classes", "2").err()).contains("has 3x1 pixels");
        Files.delete(folder.resolve("l/x.png"));
        assertThat(miou("--classes", "2").err()).isEqualTo(folder.resolve("l") + ": holds no label map\n");
        Files.delete(folder.resolve("l"));
        write("l", "");
        assertThat(miou("--classes", "2").err()).isEqualTo(folder.resolve("l") + ": is not a folder\n");
    }

    @ParameterizedTest
    @CsvSource({
        "miou --predictions p --labels l --classes 0, '--classes must lie in [1, 256], is 0'",
        "miou --predictions p --labels l --classes 257, '--classes must lie in [1, 256], is 257'",
        "miou --predictions p --labels l --classes 2 --beta 0, '--beta must be above 0, is 0.0'",
        "miou --predictions p --labels l --classes 2 --beta Infinity, '--beta must be above 0, is Infinity'",
        "voc --truth t --results r --metric 12, '--metric must be 07 or 10, is 12'",
        "voc --truth t --results r --metric 07 --iou 0, '--iou must lie in (0, 1], is 0.0'",
        "voc --truth t --results r --metric 07 --iou 1.5, '--iou must lie in (0, 1], is 1.5'"
    })
    void refusesOptionsWithoutSense(String line, String message) {
        CommandRun run = CommandRun.of(("score " + line).split(" "));
        assertThat(run.code()).isEqualTo(ExitCode.USAGE.code());
        assertThat(run.err()).isEqualTo(message + "\n");
        assertThat(run.out()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "256, 2"})
    void takesAsManyClassesAsAByteHolds(String classes, String beta) throws IOException {
        map("l/x.png", 2, 0, 0);
        map("p/x.png", 2, 0, 0);
        assertThat(miou("--classes", classes, "--beta", beta).code()).isZero();
    }

    @Test
    void comparesBoxesAndMasks() throws IOException {
        String truth = write("gt.json", TRUTH.formatted(7));
        String results = write("dt.json", """
                [{"image_id":1,"category_id":2,"bbox":[0,0,2,4],"segmentation":{"size":[4,4],"counts":[8,8]},"score":0.5},
                 {"image_id":1,"category_id":9,"bbox":[0,0,2,4],"segmentation":{"size":[4,4],"counts":[8,8]},"score":0.5}]
                """);
        Path curves = folder.resolve("curves.csv");
        CommandRun boxes = CommandRun.of(
                "score",
                "coco",
                "--truth",
                truth,
                "--results",
                results,
                "--type",
                "bbox",
                "--curves",
                curves.toString());
        assertThat(boxes.err()).isEqualTo(results + ": 1 results are of classes that the truth does not have\n");
        assertThat(boxes.out()).isEqualTo("""
                class  objects      AP    AP50    AP75  AP_small  AP_medium  AP_large  AR_100
                a, b         1  1.0000  1.0000  1.0000    1.0000          -         -  1.0000
                none         0       -       -       -         -          -         -       -

                AP         1.0000
                AP50       1.0000
                AP75       1.0000
                AP_small   1.0000
                AP_medium  -
                AP_large   -
                AR_1       1.0000
                AR_10      1.0000
                AR_100     1.0000
                AR_small   1.0000
                AR_medium  -
                AR_large   -
                """);
        assertThat(Files.readAllLines(curves))
                .hasSize(1 + 10 * 101)
                .startsWith(
                        "category_id,category,iou,recall,precision,score", "2,\"a, b\",0.5,0.0,0.9999999999999998,0.5")
                .endsWith("2,\"a, b\",0.95,1.0,0.9999999999999998,0.5");
        JsonNode masks = json(
                CommandRun.of("score", "coco", "--truth", truth, "--results", results, "--type", "segm", "--json"));
        assertThat(masks.get("stats").get(0).doubleValue()).isZero();
        assertThat(masks.get("stats").get(4).doubleValue()).isEqualTo(-1);
        assertThat(masks.get("stats")).hasSize(12).hasSameSizeAs(masks.get("stats_names"));
        assertThat(masks.get("stats_names").get(1).textValue()).isEqualTo("AP50");
        assertThat(masks.get("images").intValue()).isEqualTo(1);
        assertThat(masks.get("annotations").intValue()).isEqualTo(1);
        assertThat(masks.get("results").intValue()).isEqualTo(2);
        assertThat(masks.at("/per_category/0/name").textValue()).isEqualTo("a, b");
        assertThat(masks.at("/per_category/1/id").intValue()).isEqualTo(5);
        assertThat(masks.at("/per_category/0/objects").intValue()).isEqualTo(1);
        assertThat(masks.at("/per_category/1/AR_large").intValue()).isEqualTo(-1);
    }

    @Test
    void saysWhatAnIdOfZeroDoes() throws IOException {
        String truth = write("gt.json", TRUTH.formatted(0));
        String results = write("dt.json", "[{\"image_id\":1,\"category_id\":2,\"bbox\":[0,0,2,4],\"score\":0.5}]");
        CommandRun run =
                CommandRun.of("score", "coco", "--truth", truth, "--results", results, "--type", "bbox", "--json");
        assertThat(run.err())
                .isEqualTo(truth + ": an annotation has id 0; whoever finds it counts as wrong, as in pycocotools\n");
        assertThat(json(run).get("stats").get(0).doubleValue()).isZero();
    }

    @Test
    void namesTheFileAndTheRowThatIsWrong() throws IOException {
        String truth = write("gt.json", TRUTH.formatted(1));
        String results = write("dt.json", "[{\"image_id\":1,\"category_id\":2,\"bbox\":[0,0,2,4]}]");
        CommandRun run = CommandRun.of("score", "coco", "--truth", truth, "--results", results, "--type", "bbox");
        assertThat(run.code()).isEqualTo(ExitCode.DATA.code());
        assertThat(run.err()).isEqualTo(results + ": results[0]: has no score; are these results?\n");
    }

    @Test
    void comparesAFolderOfVoc() throws IOException {
        write("voc/ImageSets/Main/val.txt", "x\n");
        String object =
                "<object><name>%s</name><difficult>%d</difficult><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>9</xmax><ymax>9</ymax></bndbox></object>";
        write(
                "voc/Annotations/x.xml",
                "<annotation>" + object.formatted("cat", 0) + object.formatted("dog", 1) + "</annotation>");
        write("r/comp4_det_test_cat.txt", "x 0.9 100 100 120 120\nx 0.5 1 1 9 8\n");
        String[] line = {
            "score",
            "voc",
            "--truth",
            folder.resolve("voc").toString(),
            "--set",
            "val",
            "--results",
            folder.resolve("r").toString(),
            "--metric",
            "10"
        };
        CommandRun plain = CommandRun.of(line);
        assertThat(plain.err()).isEqualTo(folder.resolve("r") + ": has no results of dog, which counts as 0\n");
        assertThat(plain.out()).isEqualTo("""
                class  objects  detections  hits  misses      AP
                cat          1           2     1       1  0.5000
                dog          0           0     0       0       -

                mAP        0.5000
                """);
        String[] more = java.util.Arrays.copyOf(line, 13);
        more[10] = "--iou";
        more[11] = "1"; // the largest that there is
        more[12] = "--json";
        JsonNode object2 = json(CommandRun.of(more));
        assertThat(object2.get("mAP").doubleValue()).isZero();
        assertThat(object2.at("/AP/cat").doubleValue()).isZero();
        assertThat(object2.at("/AP/dog").isNull()).isTrue();
        assertThat(object2.at("/classes/cat/detections").intValue()).isEqualTo(2);
        assertThat(object2.at("/classes/cat/false_positives").intValue()).isEqualTo(2);
        assertThat(object2.at("/classes/cat/true_positives").intValue()).isZero();
        assertThat(object2.at("/classes/cat/objects").intValue()).isEqualTo(1);
    }

    @Test
    void theFormOfTheMetricMatters() throws IOException {
        Path voc = Shared.path("data/voc_map_reference");
        for (String metric : List.of("07", "10")) {
            JsonNode object = json(CommandRun.of(
                    "score",
                    "voc",
                    "--truth",
                    voc.toString(),
                    "--results",
                    voc.resolve("results").toString(),
                    "--metric",
                    metric,
                    "--json"));
            JsonNode expected = new ObjectMapper()
                    .readTree(voc.resolve("expected.json").toFile())
                    .at("/sets/0");
            assertThat(object.get("mAP").doubleValue())
                    .isCloseTo(
                            expected.get(metric.equals("07") ? "mAP_11point" : "mAP_area")
                                    .doubleValue(),
                            org.assertj.core.api.Assertions.within(1e-9));
        }
    }
}
