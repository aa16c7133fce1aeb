package io.vertebra.app.command;

import static io.vertebra.app.CommandRun.done;
import static io.vertebra.app.CommandRun.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertebra.app.CommandRun;
import io.vertebra.app.Engines;
import io.vertebra.app.ExitCode;
import io.vertebra.app.Machine;
import io.vertebra.backbones.weights.SafetensorsWriter;
import io.vertebra.backbones.weights.WeightFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands on real models and engines, as a user calls them. */
@Tag("slow")
class ModelCommandsTest {
    private static final String RECIPE = """
            task: classification
            model: {backbone: {name: resnet20_cifar}}
            data:
              normalize: {mean: [0.5, 0.4, 0.3], std: [0.25, 0.2, 0.3]}
              train: {format: shapes, count: 40, size: 32}
              val: {format: shapes, count: 17, size: 32, seed: 2}
            train: {batch_size: 8, epochs: 1, optimizer: {name: sgd, learning_rate: 0.05}}
            evaluate: {batch_size: 5}
            """;

    @TempDir
    Path folder;

    private Path recipe() throws IOException {
        return Files.writeString(folder.resolve("recipe.yaml"), RECIPE);
    }

    @Test
    void aRunTrainsEvaluatesPredictsAndExports() throws IOException {
        Path run = folder.resolve("run");
        CommandRun training = done("train", recipe(), "--output", run, "--json", "--set", "precision=auto");
        JsonNode trained = training.asJson();
        String taken =
                Engines.found().open("onednn", line -> {}).preferred().name().toLowerCase(Locale.ROOT);
        assertThat(training.err()).contains("precision: auto takes " + taken + "\n");
        assertThat(Files.readString(run.resolve("config.yaml")))
                .as("the run goes on elsewhere as it began")
                .contains("precision: " + taken + "\n");
        assertThat(trained.get("status").textValue()).isEqualTo("complete");
        assertThat(trained.get("step").intValue()).isEqualTo(5);
        assertThat(trained.get("samples").intValue()).isEqualTo(40);
        assertThat(run.resolve("report.html")).exists();
        assertThat(run.resolve("predictions"))
                .isDirectoryContaining("glob:**/015_arrow.png")
                .isDirectoryContaining("glob:**/predictions.csv");
        assertThat(Files.readString(run.resolve("config.yaml")))
                .contains("classes: [circle, square, triangle, star, ring, cross, crescent, arrow]")
                .contains("same_padding: false");

        JsonNode evaluated = json("evaluate", run, "--json");
        assertThat(evaluated.get("samples").intValue()).isEqualTo(17);
        assertThat(evaluated.get("metrics")).isEqualTo(trained.get("metrics"));
        assertThat(trained.get("peak_rss_mib").longValue()).isBetween(1L, Machine.peakRssMib());
        assertThat(evaluated.get("peak_rss_mib").longValue())
                .isBetween(trained.get("peak_rss_mib").longValue(), Machine.peakRssMib()); // in this process
        JsonNode other = json("evaluate", run, "--set", "data.val.seed=9", "--json");
        assertThat(other.at("/metrics/loss")).isNotEqualTo(evaluated.at("/metrics/loss"));

        assertThat(CommandRun.of("train", recipe(), "--output", run).code()).isEqualTo(ExitCode.BUSY.code());
        CommandRun missed = CommandRun.of("evaluate", run, "--fail-under", "top1=1.01");
        assertThat(missed.code()).isEqualTo(ExitCode.LIMIT.code());
        assertThat(missed.err())
                .contains("below the limit 1.01")
                .containsPattern("17 samples in \\S+ s, \\S+ images/s, at most [1-9]\\d* MiB of memory");
        assertThat(CommandRun.of("evaluate", run, "--fail-under", "top1=0.0").code())
                .isZero();
        assertThat(CommandRun.of("evaluate", run, "--fail-under", "tap1=0").code())
                .isEqualTo(ExitCode.USAGE.code());

        done("data", "show", recipe(), "--count", 3, "--output", folder.resolve("shown"));
        Path answers = folder.resolve("answers");
        JsonNode predicted = json("predict", run, folder.resolve("shown"), "--output", answers, "--top", 2, "--json");
        assertThat(predicted.get("predictions")).hasSize(6);
        assertThat(predicted.at("/predictions/0/top")).hasSize(2);
        assertThat(answers.resolve("predictions.csv")).exists();

        Path exported = folder.resolve("exported.safetensors");
        done("export", "safetensors", run, "--output", exported);
        try (WeightFile file = WeightFile.open(exported)) {
            assertThat(file.metadata())
                    .containsEntry("vertebra.mean", "0.5,0.4,0.3")
                    .containsEntry("vertebra.std", "0.25,0.2,0.3")
                    .containsEntry(
                            "vertebra.classes",
                            "[\"circle\",\"square\",\"triangle\",\"star\",\"ring\",\"cross\",\"crescent\",\"arrow\"]");
        }
        Path first = folder.resolve("first.safetensors");
        Path second = folder.resolve("second.safetensors");
        Path in = Inputs.write(folder, 2, 32);
        done("forward", run, "--input", in, "--output", first);
        done("forward", "--model", "resnet20_cifar", "--weights", exported, "--input", in, "--output", second);
        assertThat(Files.readAllBytes(first)).isEqualTo(Files.readAllBytes(second));
    }

    @Test
    void theWeightsOfARunTellTheConventionsThatItWasTrainedWith() throws IOException {
        Path run = folder.resolve("conventions");
        CommandRun trained = done(
                "train",
                recipe(),
                "--set",
                "model.conventions.same_padding=true",
                "--set",
                "model.conventions.norm_epsilon=0.05",
                "--output",
                run);
        assertThat(trained.err()).containsPattern("40 samples in \\S+ s, at most [1-9]\\d* MiB of memory\\R$");

        JsonNode alone = json("evaluate", recipe(), "--weights", run.resolve("weights/best.safetensors"), "--json");

        assertThat(alone.get("metrics"))
                .isEqualTo(json("evaluate", run, "--json").get("metrics"));
    }

    @Test
    void aDryRunLeavesNothingBehind() throws IOException {
        CommandRun run = done("train", recipe(), "--output", folder.resolve("dry"), "--dry-run");
        assertThat(run.err()).contains("everything works");
        assertThat(folder.resolve("dry")).doesNotExist();
    }

    @Test
    void forwardWritesEveryOutputAndGradients() throws IOException {
        Path in = Inputs.write(folder, 1, 32);
        Path out = folder.resolve("out.safetensors");
        JsonNode shapes = json("forward", "--model", "resnet20_cifar", "--input", in, "--output", out, "--json")
                .get("outputs");
        assertThat(shapes.fieldNames()).toIterable().contains("pyramid.0", "pyramid.2", "features", "logits");
        assertThat(shapes.get("logits").toString()).isEqualTo("[1,10]");

        Path gradients = folder.resolve("gradients.safetensors");
        float[] ones = new float[10];
        java.util.Arrays.fill(ones, 1);
        new SafetensorsWriter().add("grad.logits", new int[] {1, 10}, ones).write(gradients);
        done("forward", "--model", "resnet20_cifar", "--input", in, "--output", out, "--gradients", gradients);
        try (WeightFile file = WeightFile.open(out)) {
            assertThat(file.read("grad.linear.bias")).containsOnly(1.0f);
            assertThat(file.tensors().get("grad.input").shape()).containsExactly(1, 3, 32, 32);
            assertThat(file.tensors()).containsKey("grad.conv1.weight");
        }
    }

    @Test
    void forwardRefusesAFileWithoutInput() {
        Path file = folder.resolve("other.safetensors");
        new SafetensorsWriter().add("image", new int[] {1}, new float[1]).write(file);
        CommandRun run =
                CommandRun.of("forward", "--model", "resnet20_cifar", "--input", file, "--output", folder.resolve("o"));
        assertThat(run.code()).isEqualTo(ExitCode.MODEL.code());
        assertThat(run.err()).contains(file + ": has no tensor input; it has [image]");
    }

    @Test
    void benchmarkCountsWorkAndNamesImplementations() throws IOException {
        JsonNode inference = json(
                "benchmark",
                "--model",
                "resnet20_cifar",
                "--batch",
                2,
                "--rounds",
                3,
                "--warmup",
                1,
                "--profile",
                "--json");
        assertThat(inference.get("images_per_s").doubleValue()).isPositive();
        assertThat(inference.get("low_ms").doubleValue())
                .isLessThanOrEqualTo(inference.get("median_ms").doubleValue());
        assertThat(inference.get("operators"))
                .isNotEmpty()
                .allSatisfy(o -> assertThat(o.get("implementation").textValue()).isNotEmpty());
        JsonNode training = json(
                "benchmark", "--model", "resnet20_cifar", "--mode", "training", "--rounds", 3, "--warmup", 1, "--json");
        assertThat(training.get("session_mib").longValue())
                .isGreaterThanOrEqualTo(inference.get("session_mib").longValue());
        assertThat(training.get("fed").booleanValue()).isFalse();
        assertThat(training.get("batch").intValue()).isEqualTo(2);
        for (List<String> how :
                List.of(List.of("training"), List.of("inference"), List.of("inference", "--end-to-end"))) {
            List<Object> line = new ArrayList<>(List.of("benchmark", "--fed", "--model", "resnet20_cifar", "--json"));
            line.addAll(List.of("--rounds", 3, "--warmup", 2, "--mode"));
            line.addAll(how);
            JsonNode fed = json(line.toArray());
            assertThat(fed.get("fed").booleanValue()).isTrue();
            assertThat(fed.get("rounds").intValue()).isEqualTo(3);
            assertThat(fed.get("batch").intValue()).isEqualTo(how.contains("training") ? 2 : 1);
            assertThat(fed.get("median_ms").doubleValue()).isPositive();
        }
        CommandRun slow = CommandRun.of(
                "benchmark", "--model", "resnet20_cifar", "--rounds", "3", "--warmup", "1", "--fail-over", "0.000001");
        assertThat(slow.code()).isEqualTo(ExitCode.LIMIT.code());
    }

    @Test
    void refusesAPrecisionThatTheEngineLacks() {
        CommandRun run = CommandRun.of(
                "forward",
                "--model",
                "resnet20_cifar",
                "--engine",
                "dl4j",
                "--precision",
                "bf16",
                "--input",
                Inputs.write(folder, 1, 32),
                "--output",
                folder.resolve("o"));
        assertThat(run.code()).isEqualTo(ExitCode.CONFIG.code());
        assertThat(run.err()).contains("bf16");
    }

    @Test
    void modelsChangeWithTheirOptions() throws IOException {
        JsonNode full = json("models", "mobilenet_v2", "--json");
        JsonNode half = json("models", "mobilenet_v2", "--set", "model.backbone.width=0.5", "--json");
        assertThat(full.get("parameters").longValue()).isEqualTo(3504872);
        assertThat(half.get("parameters").longValue())
                .isLessThan(full.get("parameters").longValue());
        assertThat(json("models", "--json").get("models")).hasSizeGreaterThanOrEqualTo(23);
        assertThat(CommandRun.of("models", "resnet51").code()).isEqualTo(ExitCode.CONFIG.code());
        assertThat(CommandRun.of("models", "resnet51").err())
                .isEqualTo("--model resnet51: model.backbone.name: unknown backbone 'resnet51' (nearest: resnet50)\n");
    }

    @Test
    void theListHasALineForEachModel() {
        List<String> lines = done("models").out().lines().toList();

        assertThat(lines.get(0).split(" +(?!%)"))
                .containsExactly("name", "kind", "parameters", "GMACs", "input", "pyramid", "top-1 %", "weights");
        assertThat(lines)
                .anySatisfy(line -> assertThat(line.split("  +"))
                        .containsExactly(
                                "mobilenet_v2",
                                "classification",
                                "3504872",
                                "0.301",
                                "3x224x224",
                                "16/2 24/4 32/8 96/16 320/32",
                                "72.154",
                                "imagenet1k_v2 +2"));
        assertThat(lines).anyMatch(line -> line.matches("resnet20_cifar .* 16/1 32/2 64/4 +- +-"));
        assertThat(lines).anyMatch(line -> line.matches("squeezenet1_1 .* 58\\.178 +imagenet1k_v1"));
        assertThat(done("models", "mobilenet_v2").out())
                .contains("pyramid     16/2 24/4 32/8 96/16 320/32  (channels/reduction)\n");
    }
}
