package io.vertebra.backbones.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.backbones.weights.WeightsException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightStoreTest {
    private static final byte[] CONTENT = Published.content(5000);

    @TempDir
    private Path folder;

    private Path cache() {
        return folder.resolve("cache/weights");
    }

    @Test
    void downloadsATagOnce() throws IOException {
        try (ScriptedServer server = new ScriptedServer(ScriptedServer.file(CONTENT, "ETag: \"1\""))) {
            WeightStore store = Published.store(cache()).of(Published.zoo(server.url("/net.pth")));

            Path file = store.resolve("net", "in1k");
            assertThat(file).isEqualTo(cache().resolve("net.pth")).hasBinaryContent(CONTENT);
            assertThat(store.resolve("net", "in1k")).isEqualTo(file);
            assertThat(server.requests()).hasSize(1);
            assertThat(server.requests().get(0).path()).isEqualTo("/net.pth");
            assertThat(server.requests().get(0).headers()).doesNotContainKey("Range");
            try (var left = Files.list(cache())) {
                assertThat(left.map(p -> p.getFileName().toString()))
                        .containsExactlyInAnyOrder("net.pth", ".net.pth.lock");
            }
        }
    }

    @Test
    void takesAFileAsItIs() throws IOException {
        Path file = Files.writeString(folder.resolve("a.pth"), "x");
        assertThat(WeightStore.at(cache()).resolve("resnet18", file.toString())).isEqualTo(file);
        assertThat(WeightStore.at(cache()).resolve("of no zoo", file.toString()))
                .isEqualTo(file);
        assertThat(cache()).doesNotExist();
    }

    @Test
    void saysWhichTagsThereAre() {
        WeightStore store = WeightStore.at(cache());
        assertThatThrownBy(() -> store.resolve("resnet50c", "imagenet9k"))
                .isInstanceOf(WeightsException.class)
                .hasMessageMatching(
                        "imagenet9k: no such file; name another, or a published set of resnet50c, which is downloaded: .*");
        assertThatThrownBy(() -> store.resolve("mobilenetv2_050", "x"))
                .hasMessage(
                        "x: no such file; name another, or a published set of mobilenetv2_050, which is downloaded: lamb_in1k");
        assertThatThrownBy(() -> store.resolve("lenet5", "x")).hasMessage("x: no such file");
        assertThatThrownBy(() -> store.resolve("own", "x")).hasMessage("x: no such file");
        assertThatThrownBy(() -> store.resolve("mobilenetv2_050", "a\0b"))
                .isInstanceOf(WeightsException.class)
                .hasMessage(
                        cache()
                                + ": a?b: no such file; name another, or a published set of mobilenetv2_050, which is downloaded: lamb_in1k");
        assertThatThrownBy(() -> store.resolve("resnet18", folder.toString())).hasMessage(folder + ": is not a file");
    }

    @Test
    void staysOffline() throws IOException {
        try (ScriptedServer server = new ScriptedServer(ScriptedServer.file(CONTENT, "ETag: \"1\""))) {
            WeightStore store = Published.store(cache()).of(Published.zoo(server.url("/net.pth")));
            assertThatThrownBy(() -> store.offline(true).resolve("net", "in1k"))
                    .isInstanceOf(WeightsException.class)
                    .hasMessage(cache().resolve("net.pth") + ": is not on this machine and downloads are off; put "
                            + server.url("/net.pth") + " there");
            assertThat(server.requests()).isEmpty();
            assertThat(cache()).doesNotExist();

            Path file = store.offline(true).offline(false).resolve("net", "in1k");
            assertThat(store.offline(true).resolve("net", "in1k")).isEqualTo(file);
        }
    }

    @Test
    void looksIntoTheFoldersOfOthersAfterItsOwn() throws IOException {
        Zoo.Weights weights = Published.weights("http://127.0.0.1:1/", null);
        Path torch = Files.createDirectories(folder.resolve("torch"));
        WeightStore store = Published.store(cache()).offline(true).alsoIn(List.of(folder.resolve("none"), torch));
        assertThat(store.find(weights)).isEmpty();

        Path there = Files.writeString(torch.resolve("net.pth"), "x");
        assertThat(store.find(weights)).contains(there);
        assertThat(store.fetch(weights)).isEqualTo(there);

        Files.createDirectories(cache());
        Path ours = Files.writeString(cache().resolve("net.pth"), "y");
        assertThat(store.fetch(weights)).isEqualTo(ours);
    }

    @Test
    void saysWhenItCannotWrite() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThatThrownBy(() -> Published.store(file).fetch(Published.weights("http://127.0.0.1:1/", null)))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageStartingWith(file.resolve("net.pth") + ": cannot be written: ");
    }

    /** The second waits at the lock until the first is done: its pause opens the server's gate. */
    @Test
    void downloadsOnceForTwoThreads() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try (ScriptedServer server =
                new ScriptedServer(ScriptedServer.when(gate, ScriptedServer.file(CONTENT, "ETag: \"1\"")))) {
            Zoo.Weights weights = Published.weights(server.url("/"), null);
            Limits waiting = new Limits(Duration.ofSeconds(20), 3, 1 << 20, System::nanoTime, d -> gate.countDown());
            List<Future<Path>> both = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                both.add(threads.submit(
                        () -> WeightStore.at(cache()).limits(waiting).fetch(weights)));
            }
            for (Future<Path> one : both) {
                assertThat(one.get()).hasBinaryContent(CONTENT);
            }
            assertThat(server.requests()).hasSize(1);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void downloadsOnceForTwoProcesses() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        CountDownLatch asked = new CountDownLatch(1);
        ScriptedServer.Answer answer = ScriptedServer.when(gate, ScriptedServer.file(CONTENT, "ETag: \"1\""));
        try (ScriptedServer server = new ScriptedServer((request, socket) -> {
            asked.countDown();
            answer.to(request, socket);
        })) {
            Process other = OtherProcess.start(cache(), server.url("/"));
            asked.await(); // it has the lock now
            Limits waiting = new Limits(Duration.ofSeconds(20), 3, 1 << 20, System::nanoTime, d -> gate.countDown());
            Zoo.Weights weights = Published.weights(server.url("/"), null);
            Path file = WeightStore.at(cache()).limits(waiting).fetch(weights);

            assertThat(gate.getCount()).as("it had to wait").isZero();
            assertThat(file).hasBinaryContent(CONTENT);
            assertThat(other.waitFor()).isZero();
            assertThat(server.requests()).hasSize(1);
        }
    }

    /** A process of its own that downloads one file. */
    static final class OtherProcess {
        private OtherProcess() {}

        static Process start(Path folder, String url) throws IOException {
            String java =
                    Path.of(System.getProperty("java.home"), "bin", "java").toString();
            String classes = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
            return new ProcessBuilder(
                            java, "-Xmx64m", "-cp", classes, OtherProcess.class.getName(), folder.toString(), url)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        }

        /** Folder and address. */
        public static void main(String[] arguments) {
            WeightStore.at(Path.of(arguments[0])).fetch(Published.weights(arguments[1], null));
        }
    }
}
