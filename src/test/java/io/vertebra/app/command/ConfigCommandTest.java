package io.vertebra.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertebra.app.CommandRun;
import io.vertebra.app.ExitCode;
import io.vertebra.app.Shared;
import io.vertebra.app.config.Goldens;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ConfigCommandTest {
    @TempDir
    Path folder;

    static List<JsonNode> brokenConfigs() throws IOException {
        Path manifest;
        try {
            manifest = Shared.path("data/bad_inputs/manifest.json");
        } catch (org.opentest4j.TestAbortedException e) {
            return List.of(new ObjectMapper().createObjectNode()); // the test itself then says why it does not run
        }
        List<JsonNode> rows = new ArrayList<>();
        for (JsonNode row : new ObjectMapper().readTree(manifest.toFile())) {
            if (row.get("file").textValue().startsWith("configs/")) {
                rows.add(row);
            }
        }
        return List.copyOf(rows);
    }

    @ParameterizedTest
    @MethodSource("brokenConfigs")
    void namesTheLineOfEveryFault(JsonNode row) throws IOException {
        Path shared = Shared.path("");
        Path source = shared.resolve("data/bad_inputs").resolve(row.get("file").textValue());
        Path copy = folder.resolve(source.getFileName());
        String text = new String(Files.readAllBytes(source), StandardCharsets.ISO_8859_1); // bytes as they are
        String here = new String((shared + "/").getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        Files.write(copy, text.replace("../shared/", here).getBytes(StandardCharsets.ISO_8859_1));
        CommandRun run = CommandRun.of("config", "check", copy.toString());
        String expect = row.get("expect").textValue();
        List<String> lines = run.err().lines().toList();
        assertThat(lines)
                .allSatisfy(l -> assertThat(l).startsWith(copy.toString()).hasSizeLessThan(1000));
        if (expect.equals("accept")) {
            assertThat(run.code()).as(run.err()).isZero();
        } else if (expect.equals("reject")) {
            assertThat(run.code()).isEqualTo(ExitCode.CONFIG.code());
            assertThat(lines).isNotEmpty();
            if (row.has("line")) {
                assertThat(lines).anySatisfy(l -> assertThat(l).startsWith(copy + ":" + row.get("line") + ":"));
            }
        } else {
            assertThat(run.code()).isIn(0, ExitCode.CONFIG.code());
        }
    }

    private CommandRun check(String yaml, String... options) throws IOException {
        Path file = Files.writeString(folder.resolve("a.yaml"), yaml);
        return CommandRun.of(Stream.concat(Stream.of("config", "check", file.toString()), Stream.of(options))
                .toArray(String[]::new));
    }

    @Test
    void looksAtWhatSectionsMeanTogether() throws IOException {
        String model = "task: classification\nmodel: {backbone: {name: resnet20_cifar}}\n";
        String shapes = "data: {train: {format: shapes, size: 32}";
        Map<String, String> cases = new LinkedHashMap<>();
        cases.put("sound", model + shapes + "}\n");
        cases.put("split and val", model + shapes + ", split: 0.8, val: {format: shapes}}\n");
        cases.put("split without train", model + "data: {split: 0.8, val: {format: shapes}}\n");
        cases.put("neither train nor val", model + "data: {workers: 2}\n");
        cases.put("classes that the data lacks", model + shapes + ", classes: [circle, hexagon]}\n");
        cases.put("a class twice", model + shapes + ", classes: [circle, circle]}\n");
        cases.put(
                "no weights there",
                "task: classification\nmodel: {backbone: {name: resnet18}, weights: nowhere.pth}\n");
        cases.put("weights are a folder", "task: classification\nmodel: {backbone: {name: resnet18}, weights: .}\n");
        cases.put(
                "mixup first",
                model
                        + "data: {train: {format: shapes, transforms: [{name: mixup}, {name: random_horizontal_flip}]}}\n");
        cases.put("unknown metric", model + shapes + "}\nevaluate: {best: top11}\n");
        cases.put("more stages than there are", model + shapes + "}\ntrain: {freeze: {stages: 9}}\n");
        cases.put(
                "a batch beyond all memory",
                model + "data: {train: {format: shapes, size: 1024, count: 2000001}}\ntrain: {batch_size: 2000000}\n");
        cases.put("fewer pictures than the batch that nobody wrote", model + shapes.replace("}", ", count: 15}}\n"));
        cases.put("a batch of all pictures", model + shapes.replace("}", ", count: 15}}\ntrain: {batch_size: 15}\n"));
        cases.put("a batch of one more", model + shapes.replace("}", ", count: 15}}\ntrain: {batch_size: 16}\n"));
        cases.put(
                "several sections",
                model + "data: {train: {format: folder, path: nowhere}}\ntrain: {epochs: -1}\nevaluate: {kep: 1}\n");
        StringBuilder actual = new StringBuilder();
        for (Map.Entry<String, String> c : cases.entrySet()) {
            CommandRun run = check(c.getValue());
            actual.append("# ")
                    .append(c.getKey())
                    .append(", exit ")
                    .append(run.code())
                    .append('\n');
            actual.append((run.out() + run.err())
                            .replace(folder + java.io.File.separator, "")
                            .replaceAll(
                                    "needs about [0-9]+ MiB, this machine has [0-9]+ MiB",
                                    "needs about N MiB, this machine has M MiB")
                            .replaceAll("resnet18, which is downloaded: .*", "resnet18, which is downloaded: ..."))
                    .append('\n');
        }
        Goldens.assertMessages("recipes", actual.toString());
    }

    @Test
    void tellsOfFaultsInJson() throws IOException {
        CommandRun run = check("task: classification\nmodel: {backbone: {name: resnet51}}\n", "--json");
        JsonNode object = run.asJson();
        assertThat(run.code()).isEqualTo(ExitCode.CONFIG.code());
        assertThat(object.get("valid").booleanValue()).isFalse();
        JsonNode fault = object.at("/faults/0");
        assertThat(fault.get("file").textValue()).endsWith("a.yaml");
        assertThat(fault.get("line").intValue()).isEqualTo(2);
        assertThat(fault.get("column").intValue()).isEqualTo(26);
        assertThat(fault.get("path").textValue()).isEqualTo("model.backbone.name");
        assertThat(fault.get("reason").textValue()).isEqualTo("unknown backbone 'resnet51' (nearest: resnet50)");
        assertThat(check("task: classification\nmodel: {backbone: {name: resnet50}}\n", "--json")
                        .out())
                .contains("\"valid\" : true");
    }

    @Test
    void showsWhereEachValueComesFrom() throws IOException {
        Files.writeString(
                folder.resolve("base.yaml"), "task: classification\nmodel: {backbone: {name: resnet18}}\nseed: 3\n");
        Path top = Files.writeString(
                folder.resolve("top.yaml"), "extends: base.yaml\nmodel: {backbone: {output_stride: 16}}\n");
        CommandRun run = CommandRun.of("config", "show", top.toString(), "--origin", "--set", "train.epochs=2");
        assertThat(run.code()).isZero();
        assertThat(run.out())
                .contains("output_stride: 16  # " + top + ":2:35")
                .contains("name: resnet18  # " + folder.resolve("base.yaml") + ":2:26")
                .contains("seed: 3  # " + folder.resolve("base.yaml") + ":3:7")
                .contains("epochs: 2  # --set train.epochs=2")
                .contains("batch_size: 16  # default");
    }

    @Test
    void whatItShowsIsARecipeOfTheSameRun() throws IOException {
        String shown =
                CommandRun.of("config", "show", "../configs/quickstart.yaml").out();
        Path file = Files.writeString(folder.resolve("shown.yaml"), shown);
        assertThat(CommandRun.of("config", "show", file.toString()).out()).isEqualTo(shown);
    }

    static List<Path> recipes() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("../configs"))) {
            return files.filter(f -> f.toString().endsWith(".yaml")).sorted().collect(Collectors.toList());
        }
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void everyRecipeOfTheProjectIsValid(Path recipe) throws IOException {
        Shared.path("data"); // the recipes name its pictures and weights
        String text = Files.readString(recipe);
        assertThat(text).startsWith("# yaml-language-server: $schema=").contains("2 cores");
        Path schema = recipe.resolveSibling(
                text.lines().findFirst().orElseThrow().replace("# yaml-language-server: $schema=", ""));
        assertThat(schema).exists();
        Path here = Files.writeString(
                folder.resolve("recipe.yaml"),
                text.replace("../shared/", Shared.path("") + "/")
                        .replace("path: photos", "path: " + Shared.path("data/hymenoptera/train"))
                        .replace("path: masks", "path: " + Shared.path("data/camvid"))
                        .replace(
                                "path: boxes/annotations.json", "path: " + Shared.path("data/coco_tiny/instances.json"))
                        .replace(
                                "path: data/cifar-10-batches-bin/test_batch.bin",
                                "path: " + Shared.path("data/cifar10_mini/test_1000.bin"))
                        .replace(
                                "path: data/cifar-10-batches-bin",
                                "path: " + Shared.path("data/cifar10_mini/train_2000.bin"))
                        .replaceAll("data/coco/(train|val)2017", Shared.path("data/coco_tiny/images") + "")
                        .replaceAll(
                                "data/coco/annotations/instances_(train|val)2017",
                                Shared.path("data/coco_tiny") + "/instances_$1"));
        List<Object> words = new ArrayList<>(List.of("config", "check", here));
        if (text.contains("path: masks")) {
            words.addAll(List.of("--set", "data.train.images=train", "--set", "data.train.labels=trainannot"));
        }
        if (text.contains("ade20k_sample")) {
            words.addAll(List.of("--set", "train.batch_size=4")); // the sample has no more
        }
        CommandRun run = CommandRun.of(words.toArray());
        assertThat(run.code()).as(run.err()).isZero();
    }

    @Test
    void theSchemaIsOfTheDraftThatItNames() throws IOException {
        JsonNode schema = CommandRun.json("config", "schema");
        assertThat(schema.get("$schema").textValue()).isEqualTo("https://json-schema.org/draft/2020-12/schema");
        assertThat(schema.get("required").toString()).isEqualTo("[\"model\",\"task\"]");
        List<String> references = schema.findValuesAsText("$ref");
        assertThat(references)
                .isNotEmpty()
                .allSatisfy(r ->
                        assertThat(schema.at(r.substring(1)).isMissingNode()).isFalse());
    }
}
