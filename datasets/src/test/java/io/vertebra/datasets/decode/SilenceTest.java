package io.vertebra.datasets.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.datasets.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Native decoders print into the process's own stderr, which only another process can watch. */
@Tag("slow")
class SilenceTest {

    @TempDir
    private Path folder;

    @Test
    void nativeDecodersSayNothingAndDoNotCrash() throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx512m",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                Damage.class.getName(),
                "500"));
        try (Stream<Path> files = Files.list(Shared.file("data/exif"))) {
            files.map(Path::toString)
                    .filter(file -> !file.endsWith("_rgb.png") && !file.endsWith(".json") && !file.endsWith(".md"))
                    .sorted()
                    .forEach(command::add);
        }
        Path printed = folder.resolve("printed");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(printed.toFile())
                .start();
        int status = process.waitFor();
        assertThat(printed).hasContent("");
        assertThat(status).isZero();
    }
}
