package io.vertebra.app.command;

import static io.vertebra.app.CommandRun.done;
import static io.vertebra.app.CommandRun.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertebra.app.CommandRun;
import io.vertebra.app.ExitCode;
import io.vertebra.app.Shared;
import io.vertebra.backbones.weights.WeightFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Segmentation, detection and several heads, as a user calls them. */
@Tag("slow")
class DenseCommandsTest {
    private static final String REST = """
            data:
              train: {format: shapes, count: 16, size: 32}
              val: {format: shapes, count: 6, size: 32, seed: 2}
            train: {batch_size: 8, epochs: 1, optimizer: {name: sgd, learning_rate: 0.01}}
            evaluate: {batch_size: 4, show_score: 0.0}
            """;
    private static final String JOINT = """
            task: joint
            model:
              backbone: {name: resnet20_cifar}
              heads: {cls: {name: classifier}, seg: {name: fcn, channels: 64}, det: {name: ssd}}
            """;
    private static final String DETECTION = """
            task: detection
            model: {backbone: {name: resnet20_cifar}, head: {name: ssd}}
            """;
    private static final String SEGMENTATION = """
            task: segmentation
            model: {backbone: {name: resnet20_cifar}, head: {name: fcn, channels: 64}, auxiliary: {level: -2}}
            """;

    @TempDir
    Path folder;

    private Path recipe(String model) throws IOException {
        return Files.writeString(folder.resolve("recipe.yaml"), model + REST);
    }

    @Test
    void severalHeadsTrainEvaluatePredictAndExport() throws IOException {
        Path recipe = recipe(JOINT);
        Path run = folder.resolve("run");
        JsonNode trained = json("train", recipe, "--output", run, "--json");
        assertThat(trained.get("status").textValue()).isEqualTo("complete");
        assertThat(trained.get("metrics").fieldNames())
                .toIterable()
                .contains("cls.top1", "cls.loss", "seg.mIoU", "det.AP", "det.AP50");
        assertThat(run.resolve("predictions")).isDirectoryContaining("glob:**/000_circle.png");
        assertThat(json("evaluate", run, "--json").get("metrics")).isEqualTo(trained.get("metrics"));
        CommandRun told = done("evaluate", run);
        assertThat(told.out().lines().map(l -> l.lastIndexOf(' ')).distinct())
                .as(told.out())
                .hasSize(1);

        Path exported = folder.resolve("exported.safetensors");
        done("export", "safetensors", run, "--output", exported);
        try (WeightFile file = WeightFile.open(exported)) {
            assertThat(file.metadata().get("vertebra.classes.seg")).startsWith("[\"background\",\"circle\"");
            assertThat(file.metadata().get("vertebra.classes.det")).startsWith("[\"circle\",\"square\"");
            assertThat(file.metadata().get("vertebra.palette.seg")).startsWith("[");
            assertThat(file.tensors().keySet())
                    .anyMatch(n -> n.startsWith("seg."))
                    .anyMatch(n -> n.startsWith("det."));
        }
        assertThat(json("evaluate", recipe, "--weights", exported, "--json").get("metrics"))
                .isEqualTo(trained.get("metrics"));

        Path first = folder.resolve("first.safetensors");
        Path second = folder.resolve("second.safetensors");
        Path in = Inputs.write(folder, 2, 32);
        JsonNode shapes =
                json("forward", run, "--input", in, "--output", first, "--json").get("outputs");
        assertThat(shapes.get("cls.logits").toString()).isEqualTo("[2,8]");
        assertThat(shapes.at("/seg.logits/1").intValue()).isEqualTo(9);
        assertThat(shapes.get("seg.labels").toString()).isEqualTo("[2,32,32]");
        assertThat(shapes.at("/det.class_logits/2").intValue()).isEqualTo(9);
        assertThat(shapes.get("det.count").toString()).isEqualTo("[2]");
        assertThat(shapes.has("det.boxes")).isTrue();
        done("forward", recipe, "--weights", exported, "--input", in, "--output", second);
        assertThat(Files.readAllBytes(first)).isEqualTo(Files.readAllBytes(second));

        done("data", "show", recipe, "--count", 1, "--output", folder.resolve("shown"));
        JsonNode answer =
                json("predict", run, folder.resolve("shown"), "--json").at("/predictions/0");
        assertThat(answer.fieldNames()).toIterable().contains("path", "cls", "seg", "det");
        Path names = Files.writeString(folder.resolve("names.txt"), "a\nb\n");
        CommandRun refused = CommandRun.of("predict", run, folder.resolve("shown"), "--classes", names);
        assertThat(refused.code()).isEqualTo(ExitCode.USAGE.code());
        assertThat(refused.err()).isEqualTo(names + ": names the classes of one head, the model has 3 heads\n");
    }

    @Test
    void theClassesOfASegmentationRunComeFromItsWeights() throws IOException {
        Path run = folder.resolve("run");
        JsonNode trained = json("train", recipe(SEGMENTATION), "--output", run, "--json");
        assertThat(Files.readString(run.resolve("config.yaml"))).contains("classes: [circle, square");
        assertThat(json("evaluate", run, "--json").get("metrics")).isEqualTo(trained.get("metrics"));

        Path photo = folder.resolve("shown/val_000_circle.png");
        done("data", "show", recipe(SEGMENTATION), "--count", 1, "--output", photo.getParent());
        JsonNode classes = json("predict", run, photo, "--json").at("/predictions/0/classes");
        assertThat(classes).isNotEmpty();
        double shares = 0;
        for (JsonNode c : classes) {
            shares += c.get("share").doubleValue();
            int label = c.get("label").intValue();
            assertThat(c.get("label_name").textValue().equals("background")).isEqualTo(label == 0);
        }
        assertThat(shares).isCloseTo(1, org.assertj.core.api.Assertions.within(1e-9));

        Path nine = Files.writeString(folder.resolve("nine.txt"), "n0\nn1\nn2\nn3\nn4\nn5\nn6\nn7\nn8\n");
        assertThat(done("predict", run, photo, "--classes", nine).out()).contains(photo + ": n");
        Path eight = Files.writeString(folder.resolve("eight.txt"), "n0\nn1\nn2\nn3\nn4\nn5\nn6\n\nn7\n");
        CommandRun refused = CommandRun.of("predict", run, photo, "--classes", eight);
        assertThat(refused.code()).isEqualTo(ExitCode.DATA.code());
        assertThat(refused.err()).isEqualTo(eight + ": has 8 names, the weights are for 9 classes\n");

        JsonNode shapes = json(
                        "forward",
                        run,
                        "--input",
                        Inputs.write(folder, 1, 32),
                        "--output",
                        folder.resolve("o"),
                        "--json")
                .get("outputs");
        assertThat(shapes.at("/logits/1").intValue()).isEqualTo(9);
        assertThat(shapes.get("labels").toString()).isEqualTo("[1,32,32]");
    }

    @Test
    void aDetectorIsMeasuredOnSomeOfItsClassesByName() throws IOException {
        Path run = folder.resolve("run");
        JsonNode trained = json("train", recipe(DETECTION), "--output", run, "--json");
        assertThat(trained.get("metrics").has("AP50")).isTrue();
        String some = "data.classes=[arrow, circle]";
        JsonNode measured = json("evaluate", run, "--set", some, "--json");
        assertThat(measured.get("samples").intValue()).isBetween(1, 5); // of the pictures that show them first
        CommandRun other =
                CommandRun.of("evaluate", run, "--set", "data.val.format=voc", "--set", "data.val.path=" + voc("dog"));
        assertThat(other.code()).isEqualTo(ExitCode.CONFIG.code());

        Path recipe = Files.writeString(
                folder.resolve("voc.yaml"),
                DETECTION + "data: {bucket: 32, val: {format: voc, path: " + voc("dog") + "}}\n");
        Path weights = run.resolve("weights/best.safetensors");
        CommandRun unknown = CommandRun.of("evaluate", recipe, "--weights", weights);
        assertThat(unknown.code()).isEqualTo(ExitCode.MODEL.code());
        assertThat(unknown.err())
                .isEqualTo(weights + ": does not know the data's dog; name those that it knows in data.classes\n");
        Files.writeString(
                recipe,
                Files.readString(recipe)
                        .replace(voc("dog").toString(), voc("star").toString()));
        assertThat(json("evaluate", recipe, "--weights", weights, "--json")
                        .get("samples")
                        .intValue())
                .isEqualTo(1);
    }

    /** A picture of 40 rows and 48 columns with one object. */
    private Path voc(String name) throws IOException {
        Path root = folder.resolve("voc-" + name);
        Files.createDirectories(root.resolve("Annotations"));
        Files.createDirectories(root.resolve("JPEGImages"));
        Files.writeString(
                root.resolve("Annotations/a.xml"),
                "<annotation><filename>a.jpg</filename><size><width>48</width><height>40</height><depth>3</depth></size>"
                        + "<object><name>" + name + "</name><bndbox><xmin>5</xmin><ymin>5</ymin><xmax>30</xmax>"
                        + "<ymax>30</ymax></bndbox></object></annotation>");
        javax.imageio.ImageIO.write(
                new java.awt.image.BufferedImage(48, 40, java.awt.image.BufferedImage.TYPE_INT_RGB),
                "jpg",
                root.resolve("JPEGImages/a.jpg").toFile());
        return root;
    }

    @Test
    void picturesOfDifferentSizesTrainInBuckets() throws IOException {
        Path recipe = Files.writeString(
                folder.resolve("r.yaml"), """
                task: segmentation
                model: {backbone: {name: resnet20_cifar}, head: {name: fcn, channels: 64}}
                data:
                  bucket: 16
                  train: {format: camvid, path: %s, split: train, transforms: [{name: random_resize, scale: [60, 40]}]}
                  val: {format: camvid, path: %s, split: val, transforms: [{name: resize_short, sizes: 24}]}
                train: {batch_size: 2, iterations: 2}
                evaluate: {every_iterations: 2, batch_size: 3}
                """.formatted(Shared.path("data/camvid"), Shared.path("data/camvid")));
        assertThat(done("train", recipe, "--output", folder.resolve("dry"), "--dry-run")
                        .err())
                .contains("everything works");
    }

    @Test
    void publishedNetworksAreThereByName() throws IOException {
        JsonNode full = json("models", "deeplabv3_mobilenet_v2_voc", "--json");
        assertThat(full.get("kind").textValue()).isEqualTo("segmentation");
        assertThat(full.get("parameters").longValue()).isEqualTo(2113557);
        JsonNode coarse =
                json("models", "deeplabv3_mobilenet_v2_voc", "--set", "model.backbone.output_stride=16", "--json");
        assertThat(coarse.get("macs").longValue()).isLessThan(full.get("macs").longValue() / 2);
        JsonNode narrow = json("models", "ssd300_vgg16", "--set", "model.head.extra_channels=[512, 256]", "--json");
        assertThat(narrow.get("parameters").longValue())
                .isLessThan(json("models", "ssd300_vgg16", "--json")
                        .get("parameters")
                        .longValue());
        JsonNode joint = json("models", "resnet18", "--set", "model.heads.seg.name=fcn", "--json");
        assertThat(joint.get("kind").textValue()).isEqualTo("joint");

        Path in = Inputs.write(folder, 1, 64);
        JsonNode shapes = json(
                        "forward",
                        "--model",
                        "deeplabv3_mobilenet_v2_voc",
                        "--input",
                        in,
                        "--output",
                        folder.resolve("o"),
                        "--json")
                .get("outputs");
        assertThat(shapes.get("logits").toString()).isEqualTo("[1,21,8,8]");
        assertThat(shapes.get("labels").toString()).isEqualTo("[1,64,64]");
    }

    @Test
    void publishedWeightsAnswerWithTheNamesOfTheirData() throws IOException {
        Path photo = Shared.path("weights/photos/dog_bike_car.jpg");
        Path weights = Shared.path("weights");
        Path out = folder.resolve("answers");
        String seen = done(
                        "predict",
                        "--model",
                        "deeplabv3_mobilenet_v2_voc",
                        "--weights",
                        weights.resolve("deeplabv3_mobilenet_v2_voc.safetensors"),
                        photo,
                        "--output",
                        out)
                .out();
        assertThat(seen).contains("dog").contains("bicycle").contains("car");
        assertThat(out).isDirectoryContaining("glob:**/dog_bike_car.labels.png");
        JsonNode objects = json(
                        "predict",
                        "--model",
                        "ssd_mobilenet_v1_075_coco",
                        "--weights",
                        weights.resolve("ssd_mobilenet_v1_0.75_coco.safetensors"),
                        photo,
                        "--json")
                .at("/predictions/0/objects");
        assertThat(objects.findValuesAsText("label_name")).contains("dog", "bicycle", "car");
    }

    /** TensorFlow's MobileNet V2 has a background before the 1,000 classes that the model was published with. */
    @Test
    void weightsCountTheOutputsBeforeThePublishedModelDoes() throws IOException {
        JsonNode shapes = json(
                        "forward",
                        "--model",
                        "mobilenet_v2",
                        "--weights",
                        Shared.path("weights/mobilenet_v2_1.0_224_in1k.safetensors"),
                        "--input",
                        Inputs.write(folder, 1, 32),
                        "--output",
                        folder.resolve("o"),
                        "--json")
                .get("outputs");
        assertThat(shapes.get("logits").toString()).isEqualTo("[1,1001]");
    }

    @Test
    void theWholeWayToAnAnswerIsTimed() throws IOException {
        for (String name : new String[] {"deeplabv3_mobilenet_v2_voc", "ssd_mobilenet_v1_075_coco"}) {
            JsonNode o = json(
                    "benchmark", "--model", name, "--size", 64, "--rounds", 2, "--warmup", 1, "--end-to-end", "--json");
            assertThat(o.get("mode").textValue()).isEqualTo("end to end");
            assertThat(o.get("images_per_s").doubleValue()).isPositive();
        }
        JsonNode training = json(
                "benchmark",
                recipe(JOINT),
                "--mode",
                "training",
                "--size",
                32,
                "--batch",
                2,
                "--rounds",
                2,
                "--warmup",
                1,
                "--json");
        assertThat(training.get("mode").textValue()).isEqualTo("training");
        assertThat(training.get("gflops").doubleValue()).isPositive();
    }
}
