package io.vertebra.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The script {@code vertebra} in a folder of its own, with a Maven and a Java that only note how they were called. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
    private static final String CARD = "vertebra: an NVIDIA card of capability %s: building with the engine cuda"
            + " (6 MB; VERTEBRA_PROFILES= does without)";

    @TempDir
    Path home;

    @BeforeEach
    void prepare() throws IOException {
        Path project = Path.of("").toAbsolutePath().getParent();
        Files.copy(project.resolve("vertebra"), home.resolve("vertebra"));
        Files.createDirectories(home.resolve("bin"));
        tool("mvn", "echo \"$@\" >>'" + home.resolve("mvn.log") + "'");
        tool("java", "exit 0");
    }

    private void tool(String name, String line) throws IOException {
        Path file = Files.writeString(home.resolve("bin").resolve(name), "#!/bin/sh\n" + line + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    /** Starts {@code vertebra devices}; what it prints. */
    private List<String> start(Map<String, String> environment, int status) throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder("sh", home.resolve("vertebra").toString(), "devices");
        builder.environment().keySet().removeIf(k -> k.startsWith("VERTEBRA_") || k.equals("JAVA_HOME"));
        builder.environment().put("PATH", home.resolve("bin") + ":/usr/bin:/bin");
        builder.environment().putAll(environment);
        Process process = builder.redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(said).isEqualTo(status);
        return said.lines().toList();
    }

    /** The profiles that Maven was called with, one call after the other. */
    private List<String> builds() throws IOException {
        Path log = home.resolve("mvn.log");
        return Files.exists(log)
                ? Files.readAllLines(log).stream()
                        .map(l -> l.contains(" -P ") ? l.replaceAll(".* -P (\\S+) .*", "$1") : "none")
                        .toList()
                : List.of();
    }

    @ParameterizedTest
    @CsvSource({"7.5", "8.0", "8.9", "9.0", "10.3", "12.0"})
    void cardsOfTheEngineCudaBringItsProfile(String capability) throws IOException, InterruptedException {
        tool("nvidia-smi", "[ \"$*\" = '--query-gpu=compute_cap --format=csv,noheader' ] && echo " + capability);
        assertThat(start(Map.of(), 0)).contains(CARD.formatted(capability));
        assertThat(builds()).containsExactly("cuda");
        tool("nvidia-smi", "exit 9"); // not asked for again
        assertThat(start(Map.of(), 0)).isEmpty();
        assertThat(builds()).containsExactly("cuda");
    }

    @ParameterizedTest
    @CsvSource({"6.1, 0", "7.0, 0", "NVIDIA-SMI has failed, 9", "No devices were found, 6", "'', 0"})
    void otherMachinesDoWithout(String answer, int status) throws IOException, InterruptedException {
        tool("nvidia-smi", "echo '" + answer + "'; exit " + status);
        assertThat(start(Map.of(), 0)).noneMatch(line -> line.contains("cuda"));
        assertThat(builds()).containsExactly("none");
    }

    @Test
    void theUsersWordDecides() throws IOException, InterruptedException {
        tool("nvidia-smi", "echo 9.0");
        Path jar = home.resolve("src/target/lib/cuda-13.1.jar");
        start(Map.of("VERTEBRA_PROFILES", "cuda"), 0);
        Files.createDirectories(jar.getParent());
        Files.createFile(jar);
        assertThat(start(Map.of("VERTEBRA_PROFILES", ""), 0)).noneMatch(line -> line.contains("cuda"));
        assertThat(jar).doesNotExist(); // nothing of CUDA is left on the class path
        start(Map.of("VERTEBRA_PROFILES", "cuda-11.6"), 0);
        assertThat(builds()).containsExactly("cuda", "none", "cuda-11.6");
        assertThat(start(Map.of("VERTEBRA_BUILD", "never"), 0)).isEmpty();
        assertThat(builds()).hasSize(3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"cuda,cuda-11.6", "cuda-11.6,bench,cuda"})
    void bothProfilesAreRefused(String profiles) throws IOException, InterruptedException {
        assertThat(start(Map.of("VERTEBRA_PROFILES", profiles), 2))
                .containsExactly("vertebra: the profiles cuda and cuda-11.6 bring two versions of one library;"
                        + " choose one of them");
        assertThat(builds()).isEmpty();
    }
}
