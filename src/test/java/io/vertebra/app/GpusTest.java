package io.vertebra.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisabledOnOs(OS.WINDOWS) // the tool is a shell script here
class GpusTest {
    @TempDir
    Path folder;

    /** A driver's tool that answers this, if it is asked the right question. */
    private Gpus asked(String answer, int status) throws IOException {
        Path tool = folder.resolve("tool");
        Path text = Files.writeString(folder.resolve("answer"), answer);
        Files.writeString(tool, """
                #!/bin/sh
                [ "$*" = "--query-gpu=name,compute_cap,memory.total,driver_version --format=csv,noheader,nounits" ] || exit 9
                cat %s
                exit %d
                """.formatted(text, status));
        Files.setPosixFilePermissions(tool, PosixFilePermissions.fromString("rwx------"));
        return Gpus.ask(tool.toString(), Duration.ofMinutes(1));
    }

    @Test
    void readsEveryCard() throws IOException {
        Gpus gpus = asked(
                "NVIDIA H200, 9.0, 143771, 580.95.05\n\nNVIDIA RTX 6000, Ada Generation, 8.9, 49140, 580.95.05\n", 0);
        assertThat(gpus.cards())
                .containsExactly(
                        new Gpu("NVIDIA H200", new Gpu.Capability(9, 0), 143771),
                        new Gpu("NVIDIA RTX 6000, Ada Generation", new Gpu.Capability(8, 9), 49140));
        assertThat(gpus.driver()).isEqualTo("580.95.05");
        assertThat(gpus.why()).isEmpty();
        assertThat(gpus.cards().get(0)).hasToString("NVIDIA H200 (capability 9.0, 143771 MiB)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|0|the NVIDIA driver finds no card",
                "No devices were found|6|nvidia-smi says: No devices were found",
                "''|9|nvidia-smi says: nothing",
                "NVIDIA H200, [N/A], 143771, 580|0|nvidia-smi answers what is no card: NVIDIA H200, [N/A], 143771, 580",
                "A, 1234.0, 1, 580|0|nvidia-smi answers what is no card: A, 1234.0, 1, 580"
            })
    void saysWhyThereIsNone(String answer, int status, String why) throws IOException {
        assertThat(asked(answer, status)).isEqualTo(new Gpus(List.of(), "", why));
    }

    @Test
    void machinesWithoutADriverHaveNone() {
        assertThat(Gpus.ask(folder.resolve("missing").toString(), Duration.ofMinutes(1))
                        .why())
                .isEqualTo("no NVIDIA driver here (nvidia-smi is not found)");
    }

    @Test
    void doesNotWaitForEver() throws IOException {
        Path tool = Files.writeString(folder.resolve("hung"), "#!/bin/sh\nexec tail -f /dev/null\n");
        Files.setPosixFilePermissions(tool, PosixFilePermissions.fromString("rwx------"));
        assertThat(Gpus.ask(tool.toString(), Duration.ofMillis(20)).why()).isEqualTo("nvidia-smi does not answer");
    }

    @Test
    void anInterruptIsHandedOn() throws IOException {
        Path tool = Files.writeString(folder.resolve("slow"), "#!/bin/sh\nexec tail -f /dev/null\n");
        Files.setPosixFilePermissions(tool, PosixFilePermissions.fromString("rwx------"));
        Thread.currentThread().interrupt();
        assertThat(Gpus.ask(tool.toString(), Duration.ofMinutes(1)).why())
                .isEqualTo("interrupted while nvidia-smi was asked");
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void findsLibrariesOnTheSearchPathFirst() throws IOException {
        Path first = Files.createDirectory(folder.resolve("a"));
        Path second = Files.createDirectory(folder.resolve("b"));
        Files.createFile(second.resolve("libcudnn.so.8"));
        Files.createFile(first.resolve("libcublas.so.11"));
        Files.createFile(second.resolve("libcublas.so.11"));
        Path packages = Files.createDirectories(folder.resolve("nvidia/cudnn/lib"));
        Files.createFile(packages.resolve("libcudnn_graph.so.9"));
        var found = CudaLibraries.found(folder.resolve("nvidia").toString(), first + "::" + second);
        assertThat(found.get("libcudnn_graph.so.9")).isEqualTo(Optional.of(packages.resolve("libcudnn_graph.so.9")));
        assertThat(found.keySet()).containsExactlyElementsOf(CudaLibraries.NAMES);
        assertThat(found.get("libcublas.so.11")).isEqualTo(Optional.of(first.resolve("libcublas.so.11")));
        assertThat(found.get("libcudnn.so.8")).isEqualTo(Optional.of(second.resolve("libcudnn.so.8")));
    }
}
