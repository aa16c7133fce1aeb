package io.vertebra.backbones.zoo;

import static io.vertebra.backbones.zoo.Fetches.CONTENT;
import static io.vertebra.backbones.zoo.Fetches.TAG;
import static io.vertebra.backbones.zoo.ScriptedServer.answer;
import static io.vertebra.backbones.zoo.ScriptedServer.cut;
import static io.vertebra.backbones.zoo.ScriptedServer.file;
import static io.vertebra.backbones.zoo.ScriptedServer.redirect;
import static io.vertebra.backbones.zoo.ScriptedServer.rest;
import static io.vertebra.backbones.zoo.ScriptedServer.silence;
import static io.vertebra.backbones.zoo.ScriptedServer.stalls;
import static io.vertebra.backbones.zoo.ScriptedServer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.backbones.zoo.ScriptedServer.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** How long a download tries, what it follows and what it refuses. */
class DownloadTest {
    @TempDir
    private Path folder;

    private Fetches net;

    @BeforeEach
    void prepare() {
        net = new Fetches(folder);
    }

    @Test
    void triesAgainAfterAStall() throws IOException {
        net.stall = Duration.ofMillis(400);
        List<ScriptedServer.Request> requests =
                net.fetch(silence(), stalls(cut(CONTENT, TAG, 70_000)), stalls(rest(CONTENT, 150_000)), rest(CONTENT));
        assertThat(requests).hasSize(4);
        assertThat(requests.get(3).header("Range")).isEqualTo("bytes=150000-");
    }

    @Test
    void givesUpAServerThatStallsAgainAndAgain() throws IOException {
        net.stall = Duration.ofMillis(300);
        try (ScriptedServer server = new ScriptedServer(stalls(cut(CONTENT, TAG, 0)))) {
            assertThat(net.refusal(server)).isEqualTo("nothing arrived for 0.3 s");
            assertThat(server.requests()).hasSize(3);
        }
    }

    @Test
    void triesAgainAfterAPassingFailure() throws IOException {
        assertThat(net.fetch(status("503 Busy"), status("429 Slow"), file(CONTENT, TAG)))
                .hasSize(3);
        assertThat(net.pauses).containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(2));
    }

    @ParameterizedTest
    @CsvSource({
        "500 Broken, 3",
        "408 Late, 3",
        "425 Early, 3",
        "404 Not Found, 1",
        "403 Forbidden, 1",
        "304 Same, 1",
        "499 Odd, 1"
    })
    void givesUpAfterSomeTries(String answer, int tries) throws IOException {
        try (ScriptedServer server = new ScriptedServer(status(answer))) {
            assertThat(net.refusal(server)).isEqualTo("the server answers " + answer.substring(0, 3));
            assertThat(server.requests()).hasSize(tries);
            assertThat(net.pauses).hasSize(tries - 1);
        }
    }

    /** A part that does not grow is no progress, however often it arrives. */
    @Test
    void givesUpAServerThatAlwaysBreaksAtOnePlace() throws IOException {
        try (ScriptedServer server = new ScriptedServer(cut(CONTENT, "X-Nothing: 1", 70_000))) {
            assertThat(net.refusal(server)).isNotEmpty();
            assertThat(server.requests()).hasSize(3);
        }
    }

    @Test
    void waitsLongerFromTryToTryButNotForEver() throws IOException {
        try (ScriptedServer server = new ScriptedServer(status("500 Broken"))) {
            Zoo.Weights weights = Published.weights(server.url("/"), net.digits);
            WeightStore patient =
                    WeightStore.at(folder).limits(Published.limits(Duration.ofSeconds(20), 8, 300_000, net.pauses));
            assertThatThrownBy(() -> patient.fetch(weights)).isInstanceOf(UncheckedIOException.class);
            assertThat(net.pauses.stream().map(Duration::toSeconds)).containsExactly(1L, 2L, 4L, 8L, 16L, 30L, 30L);
        }
    }

    @Test
    void givesUpWhenTheChecksumStaysWrong() throws IOException {
        byte[] broken = CONTENT.clone();
        broken[0] ^= 1;
        try (ScriptedServer server = new ScriptedServer(file(broken, TAG))) {
            assertThat(net.refusal(server))
                    .isEqualTo("what arrived has the SHA-256 " + Published.sha256(broken, 64) + ", published is "
                            + net.digits + "...");
            assertThat(server.requests()).hasSize(3);
            assertThat(net.part()).doesNotExist();
        }
    }

    @Test
    void comparesAsManyDigitsAsArePublished() throws IOException {
        net.digits = Published.sha256(CONTENT, 64);
        net.fetch(file(CONTENT, TAG));
        Files.delete(net.target());
        net.digits =
                Published.sha256(CONTENT, 63) + (Published.sha256(CONTENT, 64).endsWith("0") ? "1" : "0");
        try (ScriptedServer server = new ScriptedServer(file(CONTENT, TAG))) {
            assertThat(net.refusal(server)).startsWith("what arrived has the SHA-256");
        }
    }

    @Test
    void followsRedirects() throws IOException {
        List<ScriptedServer.Request> requests = net.fetch(
                redirect("/other/place"),
                redirect("beside?a=b"),
                redirect("/3"),
                redirect("/4"),
                redirect("/5"),
                file(CONTENT, TAG));
        assertThat(requests.stream().map(ScriptedServer.Request::path))
                .containsExactly("/dir/net.pth", "/other/place", "/other/beside?a=b", "/3", "/4", "/5");
    }

    static Stream<Arguments> badRedirects() {
        return Stream.of(
                Arguments.of("/dir/net.pth", "more than 5 redirects", 6),
                Arguments.of(
                        "ftp://127.0.0.1/net.pth", "is redirected to ftp://127.0.0.1/net.pth, which is not safe", 1),
                Arguments.of("file:///etc/passwd", "is redirected to file:///etc/passwd, which is not safe", 1),
                Arguments.of("http:///net.pth", "is redirected to http:///net.pth, which is not safe", 1),
                Arguments.of("a b", "is redirected to what is no address", 1));
    }

    @ParameterizedTest
    @MethodSource("badRedirects")
    void refusesRedirectsThatLeadNowhere(String location, String reason, int requests) throws IOException {
        try (ScriptedServer server = new ScriptedServer(redirect(location))) {
            assertThat(net.refusal(server)).isEqualTo(reason);
            assertThat(server.requests()).hasSize(requests);
        }
    }

    @Test
    void refusesWhatIsTooLarge() throws IOException {
        byte[] large = Published.content(300_001);
        try (ScriptedServer server = new ScriptedServer(cut(large, TAG, 10))) {
            assertThat(net.refusal(server)).isEqualTo("has more than 300000 bytes");
            assertThat(server.requests()).hasSize(1);
            assertThat(net.part()).doesNotExist();
        }
        Answer endless = answer("200 OK", "", large); // no length: up to the end of the connection
        try (ScriptedServer server = new ScriptedServer(endless)) {
            assertThat(net.refusal(server)).isEqualTo("has more than 300000 bytes");
            assertThat(Files.size(net.part())).isLessThanOrEqualTo(300_000);
        }
    }

    @Test
    void takesTheLargestThatIsAllowed() throws IOException {
        byte[] large = Published.content(300_000);
        try (ScriptedServer server = new ScriptedServer(file(large, TAG))) {
            assertThat(net.store().fetch(Published.weights(server.url("/"), null)))
                    .hasBinaryContent(large);
        }
    }

    /** Only a checksum can tell whether all has come. */
    @Test
    void needsALengthOrAChecksum() throws IOException {
        Answer unknown = answer("200 OK", "", CONTENT);
        assertThat(net.fetch(unknown)).hasSize(1);
        Files.delete(net.target());
        net.digits = null;
        try (ScriptedServer server = new ScriptedServer(unknown)) {
            assertThat(net.refusal(server)).isEqualTo("the server does not say how long the file is");
        }
    }

    @Test
    void saysWhenNobodyAnswers() throws IOException {
        ScriptedServer server = new ScriptedServer(silence());
        server.close();
        assertThat(net.refusal(server)).isNotEmpty();
        assertThat(net.pauses).hasSize(2);
    }

    @Test
    void tellsHowFarItIs() throws IOException {
        List<DownloadProgress> told = new ArrayList<>();
        try (ScriptedServer server = new ScriptedServer(cut(CONTENT, TAG, 70_000), rest(CONTENT))) {
            Zoo.Weights weights = Published.weights(server.url("/"), net.digits);
            net.store().progress(told::add).fetch(weights);
            assertThat(told).allSatisfy(p -> {
                assertThat(p.weights()).isEqualTo(weights);
                assertThat(p.total()).hasValue(CONTENT.length);
            });
        }
        assertThat(told.get(0).received()).isZero();
        assertThat(told.stream().map(DownloadProgress::received)).isSorted().contains(70_000L);
        DownloadProgress last = told.get(told.size() - 1);
        assertThat(last.isComplete()).isTrue();
        assertThat(last.bytesPerSecond()).isBetween(1.0, 130_000 / 0.1);
        assertThat(told.stream().filter(DownloadProgress::isComplete)).hasSizeBetween(1, 2);
        assertThat(told).hasSizeGreaterThan(3); // the clock gains 0.1 s a look: every second piece is told
    }

    @Test
    void endsWhenItsThreadIsInterrupted() throws IOException {
        try (ScriptedServer server = new ScriptedServer(silence())) {
            Zoo.Weights weights = Published.weights(server.url("/"), net.digits);
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> net.store().fetch(weights))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessage(net.target() + ": interrupted while downloading " + server.url("/"));
            assertThat(Thread.interrupted()).isTrue();
            assertThat(net.pauses).isEmpty();
        }
    }
}
