package io.vertebra.app.command;

import static io.vertebra.app.CommandRun.done;
import static io.vertebra.app.CommandRun.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertebra.app.CommandRun;
import io.vertebra.backbones.weights.SafetensorsWriter;
import io.vertebra.backbones.weights.WeightFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Faster R-CNN, as a user calls it. */
@Tag("slow")
class TwoStageCommandsTest {
    private static final int REGIONS = 12;

    /** As the backbone's own classifier has, where no data say otherwise. */
    private static final int OUTPUTS = 10;

    private static final String RECIPE = """
            task: detection
            model:
              backbone: {name: resnet20_cifar}
              neck: {name: fpn, channels: 8, levels: [-2, -1]}
              head:
                name: faster_rcnn
                proposals: {before_nms: 64, after_nms: 32, test_before_nms: 64, test_after_nms: 12}
                box: {samples: 16, pooled: 3, channels: 16}
                detections: {score: 0.0}
            data:
              bucket: 8
              train: {format: shapes, count: 16, size: 32, transforms: [{name: resize_short, sizes: [24, 32, 40]}]}
              val: {format: shapes, count: 6, size: 32, seed: 2}
            train:
              batch_size: 8
              epochs: 1
              optimizer: {name: sgd, learning_rate: 0.01}
              freeze: {stages: 2, norm_statistics: true}
            evaluate: {batch_size: 4, show_score: 0.0}
            """;

    @TempDir
    Path folder;

    private Path recipe() throws IOException {
        return Files.writeString(folder.resolve("recipe.yaml"), RECIPE);
    }

    @Test
    void itTrainsEvaluatesAndPredicts() throws IOException {
        Path run = folder.resolve("run");
        JsonNode trained = json("train", recipe(), "--output", run, "--json");
        assertThat(trained.get("status").textValue()).isEqualTo("complete");
        assertThat(trained.get("metrics").fieldNames()).toIterable().contains("AP", "AP50");
        assertThat(Files.readString(run.resolve("config.yaml"))).contains("name: fpn", "name: faster_rcnn");
        JsonNode measured = json("evaluate", run, "--json");
        assertThat(measured.get("samples").intValue()).isEqualTo(6);
        assertThat(measured.get("metrics").get("AP").doubleValue())
                .isEqualTo(trained.get("metrics").get("AP").doubleValue(), within(1e-9));

        Path photo = folder.resolve("photo.png");
        ImageIO.write(new BufferedImage(50, 30, BufferedImage.TYPE_INT_RGB), "png", photo.toFile());
        JsonNode objects =
                json("predict", run, photo, "--json").get("predictions").get(0).get("objects");
        assertThat(objects).isNotEmpty();
        for (JsonNode object : objects) {
            JsonNode box = object.get("box");
            assertThat(box.get(2).doubleValue()).isLessThanOrEqualTo(50);
            assertThat(box.get(3).doubleValue()).isLessThanOrEqualTo(30);
        }
    }

    @Test
    void bothWaysAreTimed() throws IOException {
        for (String mode : new String[] {"inference", "training"}) {
            JsonNode timed = json(
                    "benchmark",
                    recipe(),
                    "--mode",
                    mode,
                    "--batch",
                    2,
                    "--size",
                    32,
                    "--rounds",
                    1,
                    "--warmup",
                    1,
                    "--profile",
                    "--json");
            assertThat(timed.get("median_ms").doubleValue()).isPositive();
            assertThat(timed.get("operators").findValuesAsText("operator")).contains("region_proposals", "roi_align");
        }
        JsonNode whole = json(
                "benchmark",
                recipe(),
                "--batch",
                1,
                "--size",
                32,
                "--rounds",
                1,
                "--warmup",
                0,
                "--end-to-end",
                "--fed",
                "--json");
        assertThat(whole.get("mode").textValue()).isEqualTo("end to end");
    }

    private JsonNode forward(Path in, Path out) throws IOException {
        return json("forward", recipe(), "--input", in, "--output", out, "--json")
                .get("outputs");
    }

    private static float[] read(Path file, String name) {
        try (WeightFile open = WeightFile.open(file)) {
            return open.read(name);
        }
    }

    private static float[] row(float[] logits, int region) {
        return Arrays.copyOfRange(logits, OUTPUTS * region, OUTPUTS * (region + 1));
    }

    @Test
    void forwardGivesEveryOutputAndTakesSizesAndRegions() throws IOException {
        Path pictures = Inputs.write(folder, 2, 32);
        float[] input = read(pictures, "input");
        Path out = folder.resolve("out.safetensors");
        JsonNode shapes = forward(pictures, out);
        assertThat(shapes.get("proposals").toString()).isEqualTo("[24,5]");
        assertThat(shapes.get("roi.class_logits").toString()).isEqualTo("[24,10]");
        assertThat(shapes.get("roi.box_encodings").toString()).isEqualTo("[24,40]");
        assertThat(shapes.fieldNames())
                .toIterable()
                .contains("rpn.class_logits", "rpn.box_encodings", "boxes", "scores", "classes", "count");
        float[] proposals = read(out, "proposals");
        float[] logits = read(out, "roi.class_logits");

        // the sizes of the whole pictures are taken where none are given
        Path sized = folder.resolve("sized.safetensors");
        SafetensorsWriter writer = new SafetensorsWriter().add("input", new int[] {2, 3, 32, 32}, input);
        writer.add("sizes", new int[] {2, 2}, new float[] {32, 32, 32, 32}).write(sized);
        forward(sized, out);
        assertThat(read(out, "proposals")).isEqualTo(proposals);

        // what lies in the padding is no region and no detection
        writer = new SafetensorsWriter().add("input", new int[] {2, 3, 32, 32}, input);
        writer.add("sizes", new int[] {2, 2}, new float[] {20, 16, 32, 32}).write(sized);
        forward(sized, out);
        float[] cut = read(out, "proposals");
        for (int i = 0; i < REGIONS; i++) {
            assertThat(cut[5 * i + 3]).isLessThanOrEqualTo(16);
            assertThat(cut[5 * i + 4]).isLessThanOrEqualTo(20);
        }
        float[] boxes = read(out, "boxes");
        int count = (int) read(out, "count")[0];
        assertThat(count).isPositive();
        for (int i = 0; i < count; i++) {
            assertThat(boxes[4 * i + 2]).isLessThanOrEqualTo(16);
            assertThat(boxes[4 * i + 3]).isLessThanOrEqualTo(20);
        }
        assertThat(Arrays.copyOfRange(cut, 5 * REGIONS, 10 * REGIONS))
                .isEqualTo(Arrays.copyOfRange(proposals, 5 * REGIONS, 10 * REGIONS));

        // regions that are given: the first three of those above, in another order
        float[] given = new float[15];
        for (int i = 0; i < 3; i++) {
            System.arraycopy(proposals, 5 * (2 - i), given, 5 * i, 5);
        }
        Path regions = folder.resolve("regions.safetensors");
        new SafetensorsWriter()
                .add("input", new int[] {2, 3, 32, 32}, input)
                .add("proposals", new int[] {3, 5}, given)
                .write(regions);
        JsonNode few = forward(regions, out);
        assertThat(few.get("roi.class_logits").toString()).isEqualTo("[3,10]");
        assertThat(few.fieldNames()).toIterable().contains("rpn.class_logits", "count");
        float[] again = read(out, "roi.class_logits");
        for (int i = 0; i < 3; i++) {
            assertThat(row(again, i)).containsExactly(row(logits, 2 - i), within(1e-4f));
        }
    }

    @Test
    void aRegionOfNoPictureIsRefused() throws IOException {
        Path regions = folder.resolve("regions.safetensors");
        new SafetensorsWriter()
                .add("input", new int[] {1, 3, 32, 32}, new float[3 * 32 * 32])
                .add("proposals", new int[] {1, 5}, new float[] {1, 2, 2, 9, 9})
                .write(regions);
        CommandRun run = CommandRun.of("forward", recipe(), "--input", regions, "--output", folder.resolve("o"));
        assertThat(run.code()).isNotZero();
        assertThat(run.err()).contains("proposals: names the picture 1.0, there are 1 from 0");
    }

    /** torchvision's own numbers: 41.8 million parameters in all, of which those of the stem's and the stages' norms are fixed. */
    @Test
    void torchvisionsModelIsThereByName() {
        JsonNode model = json("models", "fasterrcnn_resnet50_fpn", "--json");
        assertThat(model.get("kind").textValue()).isEqualTo("detection");
        assertThat(model.get("macs").longValue() / 1e9).isEqualTo(134.38, within(0.01));
        JsonNode fewer =
                json("models", "fasterrcnn_resnet50_fpn", "--set", "model.head.proposals.test_after_nms=500", "--json");
        // 500 regions less: two linear layers, classes and boxes for each
        long region = 256L * 49 * 1024 + 1024L * 1024 + 1024L * 91 + 1024L * 364;
        assertThat(model.get("macs").longValue() - fewer.get("macs").longValue())
                .isEqualTo(500 * region);
        assertThat(done("config", "show", "../configs/coco/faster_rcnn_resnet50_fpn.yaml")
                        .out())
                .contains("name: faster_rcnn");
    }
}
