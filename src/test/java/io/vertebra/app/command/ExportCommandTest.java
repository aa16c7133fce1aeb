package io.vertebra.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.fasterxml.jackson.databind.JsonNode;
import io.vertebra.app.CommandRun;
import io.vertebra.app.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code export onnx} and {@code export dl4j}, as a user calls them. */
@Tag("slow")
class ExportCommandTest {
    @TempDir
    Path folder;

    /** What ONNX Runtime says of a file. */
    private record Doors(Set<String> inputs, Set<String> outputs, Map<String, String> metadata) {
        static Doors of(Path file) throws OrtException {
            try (OrtSession.SessionOptions options = new OrtSession.SessionOptions();
                    OrtSession session = OrtEnvironment.getEnvironment().createSession(file.toString(), options)) {
                return new Doors(
                        session.getInputNames(),
                        session.getOutputNames(),
                        session.getMetadata().getCustomMetadata());
            }
        }
    }

    private Path file() {
        return folder.resolve("model.onnx");
    }

    private CommandRun onnx(Object... args) {
        return CommandRun.of(Stream.concat(Stream.of("export", "onnx", "--output", file()), Stream.of(args))
                .toArray());
    }

    @Test
    void aRecipeIsWrittenWithItsClassesAndChecked() throws IOException, OrtException {
        Path recipe = Files.writeString(folder.resolve("recipe.yaml"), """
                task: classification
                model: {backbone: {name: resnet20_cifar}}
                data:
                  classes: [ant, "bee's"]
                  normalize: {mean: [0.5, 0.4, 0.3], std: [0.25, 0.2, 0.3]}
                  train: {format: shapes, count: 4, size: 32}
                """);
        JsonNode told =
                onnx(recipe, "--opset", 20, "--size", 40, "--json").orFail().asJson();
        assertThat(told.get("largest_difference").doubleValue()).isPositive().isLessThan(1e-4);
        assertThat(told.get("bytes").longValue()).isEqualTo(Files.size(file()));
        assertThat(told.get("classes").intValue()).isEqualTo(2);
        assertThat(told.get("opset").intValue()).isEqualTo(20);
        assertThat(told.get("size").intValue()).isEqualTo(40);
        assertThat(told.get("file").textValue()).isEqualTo(file().toString());
        Doors doors = Doors.of(file());
        assertThat(doors.inputs()).containsExactly("input");
        assertThat(doors.outputs()).containsExactly("logits");
        assertThat(doors.metadata())
                .containsEntry("task", "classification")
                .containsEntry("names", "{\"0\":\"ant\",\"1\":\"bee's\"}")
                .containsEntry("imgsz", "[40, 40]")
                .containsEntry("mean", "[0.5,0.4,0.3]")
                .containsEntry("std", "[0.25,0.2,0.3]")
                .containsEntry("layout", "NCHW")
                .containsKey("version")
                .hasSize(7);
    }

    @Test
    void aNamedModelHasItsOwnSizeAndItsPyramidIfAskedFor() throws OrtException {
        CommandRun run = onnx("--model", "resnet20_cifar", "--pyramid").orFail();
        assertThat(run.out())
                .contains("model.onnx: 269722 parameters, 10 classes, opset 17, pictures of 32x32")
                .contains("checked in ONNX Runtime: the largest difference is ");
        assertThat(Doors.of(file()).outputs()).contains("pyramid.0", "pyramid.1", "pyramid.2", "logits");
    }

    @ParameterizedTest
    @CsvSource({"own, input, logits", "ult, images, output0", "hf, pixel_values, logits", "mm, input, output"})
    void namesAreThoseOfOthers(String whose, String input, String output) throws OrtException {
        onnx("--model", "resnet20_cifar", "--names", whose).orFail();
        assertThat(Doors.of(file()).inputs()).containsExactly(input);
        assertThat(Doors.of(file()).outputs()).containsExactly(output);
    }

    @Test
    void aDetectorNamesItsColumnsAndTakesNoForeignNames() throws OrtException {
        onnx("--model", "ssd_mobilenet_v1_075_coco").orFail();
        Doors doors = Doors.of(file());
        assertThat(doors.outputs()).containsExactly("class_logits", "box_encodings");
        assertThat(doors.metadata().get("names")).startsWith("{\"1\":\"person\"");
        CommandRun refused = onnx("--model", "ssd_mobilenet_v1_075_coco", "--names", "mm");
        assertThat(refused.code()).isEqualTo(ExitCode.USAGE.code());
        assertThat(refused.err())
                .contains("--names mm names one output, this model has class_logits, box_encodings; leave it out");
    }

    @Test
    void whatCannotBeWrittenIsRefusedWithoutAFile() {
        CommandRun old = onnx("--model", "resnet20_cifar", "--opset", 12);
        assertThat(old.code()).isEqualTo(ExitCode.CONFIG.code());
        assertThat(old.err()).contains("opset: must lie in [13, 21], is 12");
        assertThat(onnx("--model", "resnet20_cifar", "--size", 0).code()).isEqualTo(ExitCode.CONFIG.code());
        assertThat(file()).doesNotExist();
        CommandRun nowhere = CommandRun.of(
                "export",
                "onnx",
                "--model",
                "resnet20_cifar",
                "--output",
                folder.resolve("no/m.onnx").toString());
        assertThat(nowhere.code()).isEqualTo(ExitCode.IO.code());
    }

    @ParameterizedTest
    @CsvSource({"false, logits", "true, probabilities"})
    void aNetworkOfDl4jIsReadByIt(boolean trainable, String output) throws IOException {
        Path archive = folder.resolve("model.zip");
        Stream<Object> args = Stream.of("export", "dl4j", "--model", "resnet20_cifar", "--output", archive, "--json");
        JsonNode told = CommandRun.json(Stream.concat(args, trainable ? Stream.of("--trainable") : Stream.empty())
                .toArray());
        assertThat(told.get("parameters").longValue()).isEqualTo(269722);
        assertThat(told.get("size").intValue()).isEqualTo(32);
        assertThat(told.get("trainable").booleanValue()).isEqualTo(trainable);
        ComputationGraph network = ModelSerializer.restoreComputationGraph(archive.toFile());
        assertThat(network.getConfiguration().getNetworkInputs()).containsExactly("input");
        assertThat(network.getConfiguration().getNetworkOutputs()).containsExactly(output);
    }
}
