package io.vertebra.tasks.runs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.tasks.MemoryFolders;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFolderTest {
    @TempDir(factory = MemoryFolders.class)
    private Path temp;

    private static void refused(ThrowingCallable call, RunFolderException.Kind kind, String reason) {
        assertThatThrownBy(call).isInstanceOfSatisfying(RunFolderException.class, e -> {
            assertThat(e.kind()).isEqualTo(kind);
            assertThat(e.reason()).isEqualTo(reason);
            assertThat(e).hasMessage(e.folder() + ": " + reason);
        });
    }

    @Test
    void makesAFolderAndKeepsOthersOut() throws IOException {
        Path path = temp.resolve("a/b");
        try (RunFolder folder = RunFolder.open(path, false, "pid 7 on host")) {
            assertThat(folder.path()).isDirectory();
            assertThat(folder.isResumed()).isFalse();
            assertThat(Files.readString(path.resolve("run.lock"))).isEqualTo("pid 7 on host\n");
            refused(
                    () -> RunFolder.open(path, true, "another"),
                    RunFolderException.Kind.IN_USE,
                    "is in use by pid 7 on host");
        }
        RunFolder.open(path, false, "me").close();
        assertThat(Files.readString(path.resolve("run.lock"))).isEqualTo("me\n");
    }

    @Test
    void keepsOtherProcessesOut() throws Exception {
        Process other = OtherProcess.start(temp);
        try (BufferedReader told = other.inputReader()) {
            assertThat(told.readLine()).isEqualTo("open");
            refused(
                    () -> RunFolder.open(temp, false, "me"),
                    RunFolderException.Kind.IN_USE,
                    "is in use by pid 7 on host");
        } finally {
            other.getOutputStream().close();
        }
        assertThat(other.waitFor()).isZero();
        RunFolder.open(temp, false, "me").close();
    }

    /** A process of its own that has a folder open until its input ends. */
    static final class OtherProcess {
        private OtherProcess() {}

        static Process start(Path folder) throws IOException {
            String java =
                    Path.of(System.getProperty("java.home"), "bin", "java").toString();
            String classes = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
            return new ProcessBuilder(java, "-Xmx64m", "-cp", classes, OtherProcess.class.getName(), folder.toString())
                    .redirectErrorStream(true)
                    .start();
        }

        /** The folder. */
        public static void main(String[] arguments) throws IOException {
            try (RunFolder folder = RunFolder.open(Path.of(arguments[0]), false, "pid 7 on host")) {
                System.out.println(folder.path().toFile().isDirectory() ? "open" : "no folder");
                while (System.in.read() >= 0) {}
            }
        }
    }

    @Test
    void doesNotTouchForeignFiles() throws IOException {
        Files.writeString(temp.resolve("thesis.tex"), "x");
        refused(
                () -> RunFolder.open(temp, false, "me"),
                RunFolderException.Kind.FOREIGN,
                "holds files that are no run; choose another output");
        assertThat(temp.resolve("run.lock")).doesNotExist();
    }

    @Test
    void aRunWithACheckpointMustBeResumed() throws IOException {
        RunFolder.open(temp, false, "me").close();
        Files.createDirectories(temp.resolve("checkpoints/12"));
        refused(
                () -> RunFolder.open(temp, false, "me"),
                RunFolderException.Kind.INTERRUPTED,
                "holds an interrupted run; continue it with --resume or choose another output");
        try (RunFolder folder = RunFolder.open(temp, true, "me")) {
            assertThat(folder.isResumed()).isTrue();
        }
    }

    @Test
    void aRunThatSavedNothingBeginsAnew() throws IOException {
        RunFolder.open(temp, false, "me").close();
        Files.createDirectories(temp.resolve("checkpoints/.tmp-1"));
        try (RunFolder folder = RunFolder.open(temp, false, "me")) {
            assertThat(folder.isResumed()).isFalse();
        }
    }

    @Test
    void aCompleteRunIsLeftAlone() throws IOException {
        try (RunFolder folder = RunFolder.open(temp, false, "me")) {
            Files.writeString(folder.report(), "done");
        }
        for (boolean resume : new boolean[] {false, true}) {
            refused(
                    () -> RunFolder.open(temp, resume, "me"),
                    RunFolderException.Kind.COMPLETE,
                    "holds a complete run; choose another output");
        }
        Files.delete(temp.resolve("report.html"));
        RunFolder.open(temp, false, "me").close(); // a refusal leaves no lock behind
    }

    @Test
    void knowsWhereWeightsLie() {
        assertThat(RunFolder.weights(Path.of("runs/a"), "best"))
                .isEqualTo(Path.of("runs", "a", "weights", "best.safetensors"));
    }
}
