package io.vertebra.tasks.runs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.backbones.weights.SchemeInfo;
import io.vertebra.backbones.weights.Schemes;
import io.vertebra.backbones.weights.WeightFile;
import io.vertebra.backbones.weights.WeightsException;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Groups;
import io.vertebra.graph.engine.Optimizer;
import io.vertebra.graph.engine.TrainingState;
import io.vertebra.graph.engine.Update;
import io.vertebra.images.Normalization;
import io.vertebra.images.Size;
import io.vertebra.tasks.MemoryFolders;
import io.vertebra.tasks.TinyNet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointsTest {
    private static final Graph GRAPH = TinyNet.training();
    private static final Groups GROUPS = Groups.all(GRAPH, 0);

    @TempDir(factory = MemoryFolders.class)
    private Path temp;

    private final List<String> warnings = new ArrayList<>();

    private Checkpoints checkpoints() {
        return new Checkpoints(temp, warnings::add);
    }

    /** A state whose every number is derived from one. */
    static TrainingState tensors(float base) {
        Update update = new Update(new Optimizer.AdamW(0.9, 0.999, 1e-8), 0, 0.9);
        TrainingState state = TrainingState.fresh(GRAPH, Parameters.zeros(GRAPH), update, GROUPS);
        float next = base;
        for (String name : state.parameters().names()) {
            next = fill(state.parameters().get(name), next);
            next = fill(state.ema().orElseThrow().get(name), next);
        }
        for (float[] slot : state.slots().values()) {
            next = fill(slot, next);
        }
        return state;
    }

    private static float fill(float[] values, float from) {
        float next = from;
        for (int i = 0; i < values.length; i++) {
            values[i] = next;
            next += 0.25f;
        }
        return next;
    }

    static void assertEqual(TrainingState a, TrainingState b) {
        for (String name : a.parameters().names()) {
            assertThat(a.parameters().get(name))
                    .as(name)
                    .isEqualTo(b.parameters().get(name));
            assertThat(a.ema().orElseThrow().get(name))
                    .as(name)
                    .isEqualTo(b.ema().orElseThrow().get(name));
        }
        a.slots()
                .forEach((name, values) ->
                        assertThat(values).as(name).isEqualTo(b.slots().get(name)));
    }

    static RunState state(long step) {
        return new RunState(
                11,
                1,
                step,
                4,
                10,
                99,
                "cosine",
                0.1 + 0.2,
                0.9,
                "bf16",
                "onednn 3",
                "abc",
                step - 1,
                Map.of("loss", 1.0 / 3, "det.loss.box", 0.25),
                2,
                40,
                1.5,
                0.25,
                List.of(new RunState.Evaluated(3, 0.5), new RunState.Evaluated(6, Double.NaN)));
    }

    @Test
    void givesBackWhatItWasGivenBitForBit() {
        Checkpoints checkpoints = checkpoints();
        assertThat(checkpoints.newest()).isEmpty();
        checkpoints.save(tensors(1), state(7));
        assertThat(checkpoints.newest()).contains(state(7));
        TrainingState loaded = tensors(-500);
        checkpoints.load(7, loaded);
        assertEqual(loaded, tensors(1));
        assertThat(warnings).isEmpty();
    }

    @Test
    void hasTheFilesThatTheManualNames() throws IOException {
        checkpoints().save(tensors(1), state(7));
        Path folder = temp.resolve("checkpoints/7");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(f -> f.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "model.safetensors",
                            "ema.safetensors",
                            "optimizer.safetensors",
                            "state.json",
                            "manifest.json");
        }
        assertThat(temp.resolve("checkpoints/last")).hasContent("7");
        assertThat(Files.readString(folder.resolve("state.json")))
                .contains("\"learning_rate\" : 0.30000000000000004", "\"config_digest\" : \"abc\"", "\"value\" : NaN");
        assertThat(Files.readString(folder.resolve("manifest.json"))).contains("\"ema.safetensors\"", "\"sha256\"");
        try (WeightFile optimizer = WeightFile.open(folder.resolve("optimizer.safetensors"))) {
            assertThat(optimizer.tensors()).containsKeys("exp_avg.conv.weight", "exp_avg_sq.fc.bias");
        }
        try (WeightFile model = WeightFile.open(folder.resolve("model.safetensors"))) {
            assertThat(model.read("bn.num_batches_tracked")).containsExactly(10);
        }
    }

    @Test
    void everyDamageIsFoundAndTheOneBeforeIsTaken() throws IOException {
        checkpoints().save(tensors(1), state(1));
        checkpoints().save(tensors(2), state(2));
        Path newest = temp.resolve("checkpoints/2");
        List<Path> files;
        try (Stream<Path> all = Files.list(newest)) {
            files = all.toList();
        }
        for (Path file : files) {
            byte[] sound = Files.readAllBytes(file);
            byte[] flipped = sound.clone();
            flipped[sound.length / 2] ^= 1;
            for (byte[] damaged : List.of(flipped, Arrays.copyOf(sound, sound.length - 3), new byte[0])) {
                if (!file.endsWith("manifest.json")
                        || damaged != flipped) { // a flip may leave the manifest's sense alone
                    Files.write(file, damaged);
                    assertThat(checkpoints().newest()).as("%s", file).contains(state(1));
                }
            }
            Files.delete(file);
            assertThat(checkpoints().newest()).as("%s missing", file).contains(state(1));
            Files.write(file, sound);
        }
        assertThat(checkpoints().newest()).contains(state(2));
        assertThat(warnings)
                .hasSize(4 * 5 - 1)
                .allMatch(w ->
                        w.contains("checkpoints/2: is damaged (") && w.endsWith("going back to the one before it"));
        assertThat(String.join("\n", warnings))
                .contains(
                        "model.safetensors has another SHA-256 than manifest.json says",
                        "model.safetensors is missing",
                        "manifest.json is missing",
                        "manifest.json is not JSON",
                        "manifest.json lists no files",
                        "bytes, manifest.json says");
    }

    @Test
    void aDamagedCheckpointIsReplacedWhenItsStepComesAgain() throws IOException {
        checkpoints().save(tensors(1), state(1));
        Files.delete(temp.resolve("checkpoints/1/model.safetensors"));
        checkpoints().save(tensors(2), state(1));
        TrainingState loaded = tensors(0);
        checkpoints().load(1, loaded);
        assertEqual(loaded, tensors(2));
    }

    @Test
    void keepsTwoGenerationsAndTheChosen() {
        Checkpoints checkpoints = checkpoints();
        for (long step = 1; step <= 5; step++) {
            checkpoints.save(tensors((float) step), state(step));
        }
        checkpoints.keepOnly(Set.of(2L));
        assertThat(Checkpoints.steps(temp)).containsExactly(5L, 4L, 2L);
        checkpoints.keepOnly(List.of());
        assertThat(Checkpoints.steps(temp)).containsExactly(5L, 4L);
        checkpoints.keepOnly(List.of());
        assertThat(Checkpoints.steps(temp)).containsExactly(5L, 4L);
    }

    @Test
    void stepsAreOrderedAsNumbers() throws IOException {
        for (String name : List.of("9", "10", "100", ".tmp-x", "last", "7a")) {
            Files.createDirectories(temp.resolve("checkpoints").resolve(name));
        }
        assertThat(Checkpoints.steps(temp)).containsExactly(100L, 10L, 9L);
        assertThat(Checkpoints.steps(temp.resolve("nowhere"))).isEmpty();
    }

    @Test
    void removesWhatACrashLeftBehind() throws IOException {
        Files.createDirectories(temp.resolve("checkpoints/.tmp-1"));
        Files.writeString(temp.resolve("checkpoints/.tmp-1/model.safetensors"), "half");
        Files.writeString(temp.resolve("checkpoints/.tmp-2"), "half");
        checkpoints();
        assertThat(temp.resolve("checkpoints")).isEmptyDirectory();
    }

    @Test
    void namesTheBest() {
        checkpoints().setBest(12);
        assertThat(temp.resolve("checkpoints/best")).hasContent("12");
    }

    @Test
    void anotherModelIsRefused() {
        checkpoints().save(tensors(1), state(1));
        Update momentum = Update.of(new Optimizer.Sgd(0.9, false));
        TrainingState other = TrainingState.fresh(GRAPH, Parameters.zeros(GRAPH), momentum, GROUPS);
        assertThatThrownBy(() -> checkpoints().load(1, other))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining("optimizer.safetensors: momentum.conv.weight: is missing");
        Update none = Update.of(new Optimizer.Sgd(0, false));
        TrainingState slotless = TrainingState.fresh(GRAPH, Parameters.zeros(GRAPH), none, GROUPS);
        assertThatThrownBy(() -> checkpoints().load(1, slotless))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining("has 10 tensors, this run wants 0");
    }

    @Test
    void aFileWithMoreThanTheModelIsRefused() {
        checkpoints().save(tensors(1), state(1));
        Tensors.writer(tensors(1).parameters(), 10)
                .add("extra.weight", new int[] {2}, new float[2])
                .write(temp.resolve("checkpoints/1/model.safetensors"));
        assertThatThrownBy(() -> checkpoints().load(1, tensors(0)))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining("model.safetensors: has 8 tensors, this run wants 7");
    }

    @Test
    void aSaveThatFailsLeavesWhatWasThereAndNothingElse() {
        checkpoints().save(tensors(1), state(7));
        RunState sound = state(8);
        RunState unwritable = new RunState(
                sound.seed(),
                sound.epoch(),
                sound.step(),
                sound.batch(),
                sound.batches(),
                sound.steps(),
                sound.schedule(),
                sound.learningRate(),
                sound.emaDecay(),
                sound.precision(),
                sound.engine(),
                sound.configDigest(),
                sound.loggedStep(),
                Collections.singletonMap(null, 1.0), // JSON has no such key
                sound.lossCount(),
                sound.samples(),
                sound.seconds(),
                sound.dataSeconds(),
                sound.evaluations());
        assertThatThrownBy(() -> checkpoints().save(tensors(2), unwritable)).isInstanceOf(IllegalStateException.class);
        assertThat(temp.resolve("checkpoints").toFile().list()).containsExactlyInAnyOrder("7", "last");
        assertThat(checkpoints().newest()).contains(state(7));
    }

    @Test
    void ranksEvaluations() {
        List<RunState.Evaluated> all = List.of(
                new RunState.Evaluated(1, 0.5),
                new RunState.Evaluated(2, Double.NaN),
                new RunState.Evaluated(3, 0.7),
                new RunState.Evaluated(4, 0.7));
        assertThat(RunState.ranked(all, true))
                .extracting(RunState.Evaluated::step)
                .containsExactly(3L, 4L, 1L, 2L);
        assertThat(RunState.ranked(all, false))
                .extracting(RunState.Evaluated::step)
                .containsExactly(1L, 3L, 4L, 2L);
    }

    @Test
    void deployableWeightsSayWhatTheyAreAndDependOnNothingElse() throws IOException {
        WeightMetadata metadata = new WeightMetadata(
                "classification",
                List.of("a \"b\"", "ü"),
                new Size(32, 48),
                new Normalization(List.of(0.1, 0.2, 0.3), List.of(1.0, 1.0, 0.5)),
                "resnet18",
                "classifier",
                "0.1.0",
                "abc");
        Parameters parameters = tensors(3).parameters();
        metadata.write(temp.resolve("a.safetensors"), parameters, 8, 16);
        metadata.write(temp.resolve("b.safetensors"), parameters, 8, 16);
        assertThat(temp.resolve("a.safetensors")).hasSameBinaryContentAs(temp.resolve("b.safetensors"));
        try (WeightFile file = WeightFile.open(temp.resolve("a.safetensors"))) {
            assertThat(file.metadata())
                    .isEqualTo(Map.ofEntries(
                            Map.entry("format", "pt"),
                            Map.entry("vertebra.task", "classification"),
                            Map.entry("vertebra.classes", "[\"a \\\"b\\\"\",\"ü\"]"),
                            Map.entry("vertebra.input_size", "48"),
                            Map.entry("vertebra.mean", "0.1,0.2,0.3"),
                            Map.entry("vertebra.std", "1.0,1.0,0.5"),
                            Map.entry("vertebra.backbone", "resnet18"),
                            Map.entry("vertebra.head", "classifier"),
                            Map.entry("vertebra.version", "0.1.0"),
                            Map.entry("vertebra.config_digest", "abc"),
                            Map.entry("vertebra.step", "8")));
            assertThat(file.read("fc.bias")).isEqualTo(parameters.get("fc.bias"));
            assertThat(file.read("bn.num_batches_tracked")).containsExactly(16);
        }
    }

    @Test
    void deployableWeightsCanBeReadByTheirConventions() {
        WeightMetadata metadata = new WeightMetadata(
                        "classification",
                        List.of("a", "b", "c"),
                        new Size(32, 32),
                        new Normalization(List.of(0.1, 0.2, 0.3), List.of(1.0, 1.0, 0.5)),
                        "tiny",
                        "classifier",
                        "0.1.0",
                        "abc")
                .with(Map.of("vertebra.names", "canonical", "vertebra.same_padding", "true", "vertebra.head", "other"));
        Path path = temp.resolve("own.safetensors");
        metadata.write(path, tensors(3).parameters(), 8, 16);
        try (WeightFile file = WeightFile.open(path)) {
            SchemeInfo info = Schemes.builtIn().recognise(file);
            assertThat(info.samePadding()).isTrue();
            assertThat(info.preprocessing().orElseThrow().mean()).containsExactly(0.1, 0.2, 0.3);
            assertThat(info.preprocessing().orElseThrow().inputSize()).isEqualTo(32);
            assertThat(file.metadata()).containsEntry("vertebra.head", "other");
        }
    }

    @Test
    void anOptimizerWithoutArraysIsSavedToo() {
        Update none = Update.of(new Optimizer.Sgd(0, false));
        TrainingState plain = TrainingState.fresh(GRAPH, Parameters.initialize(GRAPH, 5), none, GROUPS);
        checkpoints().save(plain, state(1));
        assertThat(temp.resolve("checkpoints/1/ema.safetensors")).doesNotExist();
        TrainingState loaded = TrainingState.fresh(GRAPH, Parameters.zeros(GRAPH), none, GROUPS);
        checkpoints().load(1, loaded);
        assertThat(loaded.parameters().get("conv.weight"))
                .isEqualTo(plain.parameters().get("conv.weight"));
    }
}
