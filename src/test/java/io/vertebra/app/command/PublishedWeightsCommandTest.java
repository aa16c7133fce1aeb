package io.vertebra.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertebra.app.CommandRun;
import io.vertebra.backbones.weights.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What commands make of files and tags of the zoo. */
class PublishedWeightsCommandTest {
    @TempDir
    Path folder;

    private String file(String name) {
        Path file = folder.resolve(name);
        new SafetensorsWriter()
                .add("some.weight", new int[] {1}, new float[] {2})
                .write(file);
        return file.toString();
    }

    @Test
    void inspectTellsWhichPublishedSetAFileIs() throws IOException {
        String known = file("inception_v3.tf_in1k.safetensors");
        CommandRun run = CommandRun.done("weights", "inspect", known);
        assertThat(run.out().lines().toList().subList(0, 3))
                .containsExactly(
                        known + ": safetensors, 1 tensors, 1 parameters",
                        "no known naming scheme",
                        "published as inception_v3:tf_in1k, licence apache-2.0");
        assertThat(run.out()).contains("some.weight");

        JsonNode json = CommandRun.json("weights", "inspect", known, "--json");
        assertThat(json.get("published").toString())
                .isEqualTo("[{\"model\":\"inception_v3\",\"tag\":\"tf_in1k\",\"license\":\"apache-2.0\"}]");
        assertThat(json.get("tensors").has("some.weight")).isTrue();

        String other = file("resnet18-f37072fd.pth"); // of this name, but not of its checksum
        assertThat(CommandRun.of("weights", "inspect", other).out()).doesNotContain("published as");
    }

    /** The names of timm's own network and of TensorFlow's: a word or the file's published name tells which it is. */
    @Test
    void convertTakesTheModelWhereNamesAreOfTwo() throws IOException {
        String published = timms("tf_mobilenetv3_small_075-da427f52.pth");
        String unknown = timms("mine.safetensors");
        assertThat(CommandRun.done("weights", "inspect", unknown).out())
                .contains("mobilenetv3_small_075, norm epsilon");
        assertConverted(published, "scheme vertebra, architecture tf_mobilenetv3_small_075");
        assertConverted(unknown, "scheme vertebra, architecture mobilenetv3_small_075, norm epsilon 1.0E-5");
        assertConverted(
                unknown,
                "scheme vertebra, architecture tf_mobilenetv3_small_075",
                "--model",
                "tf_mobilenetv3_small_075");
    }

    private void assertConverted(String file, String scheme, String... more) throws IOException {
        String output = folder.resolve("converted").toString();
        List<Object> words = new ArrayList<>(List.of("weights", "convert", file, "--output", output));
        words.addAll(List.of(more));
        CommandRun.done(words.toArray());
        assertThat(CommandRun.done("weights", "inspect", output).out().lines()).contains(scheme);
    }

    /** As much of the small network as its naming scheme asks for. */
    private String timms(String name) {
        Path file = folder.resolve(name);
        new SafetensorsWriter()
                .add("conv_stem.weight", new int[] {16, 3, 3, 3}, new float[432])
                .add("blocks.0.0.se.conv_reduce.weight", new int[] {8, 16, 1, 1}, new float[128])
                .add("blocks.1.0.conv_pwl.weight", new int[] {24, 72, 1, 1}, new float[24 * 72])
                .add("blocks.5.0.conv.weight", new int[] {432, 72, 1, 1}, new float[432 * 72])
                .add("conv_head.bias", new int[] {1024}, new float[1024])
                .write(file);
        return file.toString();
    }

    @Test
    void offlineSaysWhereATagsFileBelongs() {
        String[] forward = {
            "forward",
            "--model",
            "fcn_resnet50",
            "--offline",
            "--input",
            file("in.safetensors"),
            "--output",
            folder.resolve("out.safetensors").toString(),
            "--weights",
            "coco_with_voc_labels_v1"
        };
        CommandRun run = CommandRun.of(forward);
        assertThat(run.code()).isEqualTo(12);
        assertThat(run.err().lines().toList())
                .singleElement()
                .asString()
                .endsWith("fcn_resnet50_coco-1167a1af.pth: is not on this machine and downloads are off; put"
                        + " https://download.pytorch.org/models/fcn_resnet50_coco-1167a1af.pth there");
    }
}
