package io.vertebra.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnvironmentTest {
    @TempDir
    Path git;

    @Test
    void readsTheCommitThatIsCheckedOut() throws IOException {
        assertThat(Environment.commit(git)).isEqualTo("unknown");
        Files.writeString(git.resolve("HEAD"), "0123abcd\n");
        assertThat(Environment.commit(git)).isEqualTo("0123abcd");
        Files.writeString(git.resolve("HEAD"), "ref: refs/heads/main\n");
        assertThat(Environment.commit(git)).isEqualTo("unknown");
        Files.writeString(
                git.resolve("packed-refs"), "# pack-refs with: peeled \n89 refs/tags/main\nab refs/heads/main\n");
        assertThat(Environment.commit(git)).isEqualTo("ab");
        Files.writeString(git.resolve("packed-refs"), "89 refs/heads/other-main\n");
        assertThat(Environment.commit(git)).isEqualTo("unknown");
        Files.createDirectories(git.resolve("refs/heads"));
        Files.writeString(git.resolve("refs/heads/main"), "4567\n");
        assertThat(Environment.commit(git)).isEqualTo("4567");
    }

    @Test
    void namesWhatFiguresDependOn() {
        assertThat(Environment.facts())
                .containsKeys("vertebra", "git", "java", "os", "cpu", "cores", "memory_mib", "instruction_sets");
        assertThat(Environment.facts().get("cores"))
                .isEqualTo(String.valueOf(Runtime.getRuntime().availableProcessors()));
        assertThat(Environment.facts().get("OMP_NUM_THREADS")).isEqualTo(System.getenv("OMP_NUM_THREADS"));
        assertThat(Machine.here().memoryMib()).isPositive();
        assertThat(Engines.usableMib()).isEqualTo(Machine.here().memoryMib() * 60 / 100);
    }
}
