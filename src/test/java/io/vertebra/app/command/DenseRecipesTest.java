package io.vertebra.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.app.CommandRun;
import io.vertebra.app.config.Goldens;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recipes of segmentation, detection and several heads, sound and faulty, as {@code config check} answers them. */
class DenseRecipesTest {
    private static final String BACKBONE = "backbone: {name: resnet20_cifar}";
    private static final String SHAPES = "data: {train: {format: shapes, count: 20, size: 32}";
    private static final String CLASSIFICATION = model("classification", "head: {name: classifier}");
    private static final String SEGMENTATION = model("segmentation", "head: {name: fcn}");
    private static final String DETECTION = model("detection", "head: {name: ssd}");
    private static final String JOINT =
            model("joint", "heads: {cls: {name: classifier}, seg: {name: fcn}, det: {name: ssd}}");

    private static final String SHAPE_NAMES = "circle, square, triangle, star, ring, cross, crescent, arrow";

    @TempDir
    Path folder;

    private final Map<String, String> cases = new LinkedHashMap<>();

    private static String model(String task, String heads) {
        return "task: " + task + "\nmodel: {" + BACKBONE + (heads.isEmpty() ? "" : ", " + heads) + "}\n";
    }

    private void onShapes(String title, String model, String rest) {
        cases.put(title, model + SHAPES + "}\n" + rest);
    }

    private void onShapes(String title, String model) {
        onShapes(title, model, "");
    }

    /** Two pictures of 16 and one of 24 columns, with label maps. */
    private String pairs() throws IOException {
        for (String part : new String[] {"images", "labels"}) {
            Path target = Files.createDirectories(folder.resolve("pairs").resolve(part));
            for (int i = 0; i < 3; i++) {
                int type = part.equals("images") ? BufferedImage.TYPE_INT_RGB : BufferedImage.TYPE_BYTE_GRAY;
                BufferedImage image = new BufferedImage(i == 2 ? 24 : 16, 16, type);
                ImageIO.write(image, "png", target.resolve(i + ".png").toFile());
            }
        }
        return "{format: pairs, path: " + folder.resolve("pairs") + ", classes: [road, sky]";
    }

    private String classFolder() throws IOException {
        for (String name : new String[] {"ant", "bee"}) {
            Path target = Files.createDirectories(folder.resolve("classes").resolve(name));
            BufferedImage image = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
            ImageIO.write(image, "png", target.resolve("a.png").toFile());
        }
        return "{format: folder, path: " + folder.resolve("classes") + ", transforms: [{name: center_crop, size: 32}]}";
    }

    private void assertAnswers(String golden) throws IOException {
        StringBuilder actual = new StringBuilder();
        for (Map.Entry<String, String> c : cases.entrySet()) {
            String small = c.getValue().contains("\ntrain:") ? "" : "train: {batch_size: 1}\n"; // pairs() are three
            Path file = Files.writeString(folder.resolve("a.yaml"), c.getValue() + small);
            CommandRun run = CommandRun.of("config", "check", file.toString());
            actual.append("# %s, exit %d%n".formatted(c.getKey(), run.code()));
            actual.append((run.out() + run.err())
                            .replace(folder + java.io.File.separator, "")
                            .replaceAll("none of \\[[a-z, ]*]", "none of [...]"))
                    .append('\n');
        }
        Goldens.assertMessages(golden, actual.toString().replace("\r\n", "\n"));
    }

    @Test
    void headsFitTheTaskAndEachOther() throws IOException {
        onShapes("segmentation", SEGMENTATION);
        onShapes("detection", DETECTION);
        onShapes("several heads", JOINT);
        onShapes("head beside heads", model("joint", "head: {name: fcn}, heads: {seg: {name: fcn}}"));
        onShapes("no heads", model("joint", "heads: {}"));
        onShapes("a name of a head in capitals", model("joint", "heads: {Seg: {name: fcn}}"));
        onShapes("a name that is taken", model("joint", "heads: {pyramid: {name: fcn}}"));
        onShapes("an unknown head among several", model("joint", "heads: {seg: {name: fnc}}"));
        onShapes("a head of another task", model("detection", "head: {name: fcn}"));
        onShapes("several heads of no joint task", model("segmentation", "heads: {seg: {name: fcn}}"));
        onShapes("one head of a joint task", model("joint", "head: {name: fcn}"));
        onShapes("auxiliary", model("segmentation", "head: {name: fcn}, auxiliary: {level: -2}"));
        onShapes("auxiliary of a classifier", model("classification", "auxiliary: {level: -2}"));
        onShapes("auxiliary of a detector", model("detection", "head: {name: ssd}, auxiliary: {weight: 0.2}"));
        onShapes("auxiliary of several heads", model("joint", "heads: {seg: {name: fcn}}, auxiliary: {level: 1}"));
        onShapes("auxiliary above the pyramid", model("segmentation", "head: {name: fcn}, auxiliary: {level: 9}"));
        onShapes("an option out of range", model("segmentation", "head: {name: fcn, dropout: 1}"));
        assertAnswers("heads");
    }

    /** Two levels of the CIFAR backbone with a neck between it and a two-stage head. */
    private static String twoStage(String neck, String head) {
        return model("detection", neck + ", head: {name: faster_rcnn" + head + "}");
    }

    @Test
    void necksFitTheBackboneAndTheHead() throws IOException {
        String neck = "neck: {name: fpn, levels: [-2, -1]";
        onShapes("two stages on a neck", twoStage(neck + ", channels: 32, extra: max_pool}", ""));
        onShapes(
                "every option of the recipe in the manual",
                twoStage(
                        neck + "}",
                        ", anchors: {sizes: [8, 16, 32], ratios: [0.5, 1.0, 2.0]}, proposals: {before_nms: 2000, after_nms: 1000,"
                                + " nms: 0.7, samples: 256, positive_share: 0.5}, box: {samples: 512, positive_share: 0.25, pooled: 7,"
                                + " sampling_ratio: 2, coder_weights: [10, 10, 5, 5]}, detections: {score: 0.05, nms: 0.5,"
                                + " per_image: 100}"),
                "train: {freeze: {stages: 2, norm_statistics: true}}\n");
        onShapes("two stages without a neck", model("detection", "head: {name: faster_rcnn}"));
        onShapes("a joint head without a neck", model("joint", "heads: {det: {name: faster_rcnn}}"));
        onShapes("unknown neck", twoStage("neck: {name: fpm}", ""));
        onShapes("unknown key of a neck", twoStage("neck: {name: fpn, chanels: 64}", ""));
        onShapes("unknown extra level", twoStage(neck + ", extra: maxpool}", ""));
        onShapes("a level above the pyramid", twoStage("neck: {name: fpn, levels: [9]}", ""));
        onShapes("a neck for nobody", model("classification", "neck: {name: fpn, levels: [-1]}"));
        onShapes("anchors for other levels", twoStage(neck + "}", ", anchors: {sizes: [32, 64]}"));
        onShapes("an unknown key of a section", twoStage(neck + "}", ", box: {sampels: 64}"));
        onShapes("a share above 1", twoStage(neck + "}", ", proposals: {nms: 1.5}"));
        onShapes(
                "its terms",
                twoStage(neck + "}", ""),
                "train: {loss: {terms: [{name: rpn_cross_entropy},"
                        + " {name: rpn_smooth_l1}, {name: cross_entropy}, {name: smooth_l1, beta: 0.5}]}}\n");
        onShapes(
                "a term of dense heads",
                twoStage(neck + "}", ""),
                "train: {loss: {terms: [{name: rpn_smooth_l1, beta: -1}, {name: focal}]}}\n");
        onShapes("a term of dense heads alone", twoStage(neck + "}", ""), "train: {loss: {terms: [{name: focal}]}}\n");
        assertAnswers("necks");
    }

    @Test
    void lossesAndMetricsAreThoseOfTheTask() throws IOException {
        onShapes("every term", SEGMENTATION, "train: {loss: {terms: [{name: ohem}, {name: dice, weight: 3}]}}\n");
        onShapes("unknown term", SEGMENTATION, "train: {loss: {terms: [{name: dise}]}}\n");
        onShapes("a term twice", SEGMENTATION, "train: {loss: {terms: [{name: dice}, {name: dice}]}}\n");
        onShapes("a term out of range", DETECTION, "train: {loss: {terms: [{name: focal, gamma: -1}]}}\n");
        onShapes("a term of another task", DETECTION, "train: {loss: {terms: [{name: focal}, {name: dice}]}}\n");
        onShapes(
                "a term of a classifier",
                CLASSIFICATION,
                "train: {loss: {terms: [{name: cross_entropy, weight: 2}]}}\n");
        onShapes("terms of several tasks", JOINT, "train: {loss: {terms: [{name: dice}, {name: smooth_l1}]}}\n");
        onShapes("class weights", SEGMENTATION, "train: {loss: {class_weights: [1, 2, 2, 2, 2, 2, 2, 2, 2]}}\n");
        onShapes("too few class weights", SEGMENTATION, "train: {loss: {class_weights: [1, 2]}}\n");
        onShapes("a weight of no head", JOINT, "train: {loss: {weights: {cls: 1, sge: 2}}}\n");
        onShapes("the metric of another task", DETECTION, "evaluate: {best: mIoU}\n");
        onShapes("the metric of a head", JOINT, "evaluate: {best: seg.mIoU}\n");
        onShapes("a metric without its head", JOINT, "evaluate: {best: mIoU}\n");
        onShapes("a metric of another protocol", DETECTION, "evaluate: {best: AP50, protocol: voc07}\n");
        onShapes("a way to evaluate that there is not", SEGMENTATION, "evaluate: {mode: sliding}\n");
        onShapes(
                "a stride beyond the window",
                SEGMENTATION,
                "evaluate: {mode: slide, crop: [64, 64], stride: [65, 65]}\n");
        assertAnswers("losses");
    }

    @Test
    void dataKnowWhatTheHeadsLearn() throws IOException {
        String pairs = pairs();
        cases.put("pictures of different sizes", SEGMENTATION + "data: {train: " + pairs + "}}\n");
        cases.put("in buckets", SEGMENTATION + "data: {bucket: 8, train: " + pairs + "}}\n");
        cases.put("a bucket out of range", SEGMENTATION + "data: {bucket: -1, train: " + pairs + "}}\n");
        cases.put("some classes", SEGMENTATION + "data: {bucket: 8, classes: [sky], train: " + pairs + "}}\n");
        cases.put("a class twice", SEGMENTATION + "data: {bucket: 8, classes: [sky, sky], train: " + pairs + "}}\n");
        cases.put("no such class", SEGMENTATION + "data: {bucket: 8, classes: [sea], train: " + pairs + "}}\n");
        cases.put("split", SEGMENTATION + "data: {bucket: 8, split: 0.5, train: " + pairs + "}}\n");
        cases.put("no label maps", SEGMENTATION + "data: {train: " + classFolder() + "}\n");
        cases.put("no boxes", DETECTION + "data: {train: " + classFolder() + "}\n");
        cases.put("no boxes beside label maps", DETECTION + "data: {bucket: 8, train: " + pairs + "}}\n");
        cases.put("no classes of pictures", model("classification", "") + "data: {bucket: 8, train: " + pairs + "}}\n");
        cases.put("neither of two", JOINT + "data: {bucket: 8, train: " + pairs + "}}\n");
        cases.put(
                "label maps in training only",
                SEGMENTATION + "data: {train: {format: shapes, size: 32}, val: " + classFolder() + "}\n");
        cases.put(
                "other classes of pixels in validation",
                SEGMENTATION + "data: {bucket: 8, train: {format: shapes, size: 32}, val: " + pairs + "}}\n");
        cases.put(
                "the same names, but of pixels only",
                JOINT + "data: {bucket: 8, train: {format: shapes, size: 32}, val: "
                        + pairs.replace("road, sky", SHAPE_NAMES) + "}}\n");
        String mixup = ", transforms: [{name: mixup}]}}\n";
        cases.put("mixed pictures", model("classification", "") + SHAPES.replace("}", "") + mixup);
        cases.put("mixed objects", JOINT + SHAPES.replace("}", "") + mixup);
        assertAnswers("truth");
    }

    @Test
    void aBatchIsMeasuredWithItsTargets() throws IOException {
        long classes = mebibytes(model("classification", ""));
        long pixels = mebibytes(
                SEGMENTATION.replace("{name: fcn}", "{name: fcn, channels: 1, convs: 1, concat_input: false}"));
        // five batches of 2^20 label maps of 32 by 32 numbers of 4 bytes, 4096 MiB each, and a head
        assertThat(pixels - classes).isBetween(5L * 4096, 7L * 4096);
    }

    private long mebibytes(String model) throws IOException {
        Path file = Files.writeString(folder.resolve("a.yaml"), model + SHAPES + "}\ntrain: {batch_size: 1048576}\n");
        Matcher said = Pattern.compile("train.batch_size: needs about ([0-9]+) MiB")
                .matcher(CommandRun.of("config", "check", file.toString()).err());
        assertThat(said.find()).isTrue();
        return Long.parseLong(said.group(1));
    }
}
