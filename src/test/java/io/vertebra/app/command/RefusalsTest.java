package io.vertebra.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.app.CommandRun;
import io.vertebra.app.config.Goldens;
import io.vertebra.backbones.weights.SafetensorsWriter;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What commands say to a sound command line whose files do not serve. */
class RefusalsTest {
    private static final String MODEL = "task: classification\nmodel: {backbone: {name: resnet20_cifar}}\n";

    @TempDir
    Path folder;

    private Path write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    @Test
    void eachIsOneLineThatSaysWhatToDo() throws IOException {
        Path bare = write("bare.yaml", MODEL);
        Path train = write("train.yaml", MODEL + "data: {train: {format: shapes, count: 4, size: 32}}\n");
        Path val = write("val.yaml", MODEL + "data: {val: {format: shapes, count: 4, size: 32}}\n");
        Path empty = Files.createDirectory(folder.resolve("empty"));
        write("unsaved/config.yaml", MODEL);
        Path photo = write("photo.jpg", "");
        Path in = Inputs.write(folder, 1, 32);
        Path out = folder.resolve("out");
        Path gradients = folder.resolve("gradients.safetensors");
        new SafetensorsWriter().add("logits", new int[] {1}, new float[1]).write(gradients);
        Path latin = Files.write(folder.resolve("latin.txt"), new byte[] {'a', (byte) 0xFF});
        Object[][] lines = {
            {"evaluate", bare},
            {"evaluate", train},
            {"train", bare, "--output", out},
            {"train", val, "--output", out},
            {"evaluate", empty},
            {"evaluate", folder.resolve("unsaved")},
            {"evaluate", val, "--fail-under", "tap1=0"},
            {"predict", bare, photo, "--classes", write("none.txt", "\n \n")},
            {"predict", bare, photo, "--classes", latin},
            {"forward", bare, "--input", gradients, "--output", out},
            {"forward", bare, "--input", in, "--output", out, "--gradients", gradients},
            {"forward", bare, "--input", in, "--output", empty},
            {"forward", bare, "--input", in, "--output", empty.resolve("a/b")},
            {"config", "check", val, "--set", "data.classes=[]"},
            {"config", "check", val, "--set", "model.weights=' '"},
        };
        StringBuilder actual = new StringBuilder();
        for (Object[] line : lines) {
            CommandRun run = CommandRun.of(line);
            assertThat(run.out()).isEmpty();
            actual.append("# vertebra ")
                    .append(String.join(" ", texts(line)))
                    .append(", exit ")
                    .append(run.code());
            actual.append('\n')
                    .append(run.err().replaceAll("(?m)^engine: auto takes .*\n", ""))
                    .append('\n');
        }
        assertThat(out).doesNotExist();
        Goldens.assertMessages("refusals", actual.toString().replace(folder + File.separator, ""));
    }

    private static String[] texts(Object[] line) {
        return Arrays.stream(line).map(Object::toString).toArray(String[]::new);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "data.bucket|0|4096|-1|4097|must lie in [0, 4096]",
                "data.workers|1|64|0|65|must lie in [1, 64]",
                "data.cache_mib|0|1|-1|-2|must not be negative",
                "data.split|0.1|0.9|0.0|1.0|must lie between 0 and 1",
                "model.conventions.norm_epsilon|1.0E-9|1.0|0.0|-1.0|must be above 0"
            })
    void valuesOfSectionsHaveEdges(String key, String least, String most, String below, String above, String reason)
            throws IOException {
        Path recipe = write("a.yaml", MODEL + "data: {train: {format: shapes, count: 256, size: 32}}\n");
        for (String sound : new String[] {least, most}) {
            CommandRun run = CommandRun.of("config", "check", recipe, "--set", key + "=" + sound);
            assertThat(run.code()).as(run.err()).isZero();
        }
        for (String unsound : new String[] {below, above}) {
            CommandRun run = CommandRun.of("config", "check", recipe, "--set", key + "=" + unsound);
            assertThat(run.err())
                    .isEqualTo("--set " + key + "=" + unsound + ": " + key + ": " + reason + ", is " + unsound + "\n");
        }
    }
}
