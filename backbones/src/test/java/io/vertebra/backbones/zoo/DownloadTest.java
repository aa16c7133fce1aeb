package io.vertebra.backbones.zoo;

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
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Downloads from servers that do all that servers do. */
class DownloadTest {
    private static final byte[] CONTENT = Published.content(200_000);
    private static final String TAG = "ETag: \"abc\"";
    private static final String DATE = "Last-Modified: Wed, 21 Oct 2015 07:28:00 GMT";

    @TempDir
    private Path folder;

    private final List<Duration> pauses = new ArrayList<>();
    private String digits = Published.sha256(CONTENT, 8);
    private Duration stall = Duration.ofSeconds(20);

    private Path target() {
        return folder.resolve("net.pth");
    }

    private Path part() {
        return folder.resolve("net.pth.part");
    }

    private WeightStore store() {
        return WeightStore.at(folder).limits(Published.limits(stall, 3, 300_000, pauses));
    }

    private List<ScriptedServer.Request> fetch(Answer... answers) throws IOException {
        try (ScriptedServer server = new ScriptedServer(answers)) {
            return fetch(server);
        }
    }

    private List<ScriptedServer.Request> fetch(ScriptedServer server) {
        Path file = store().fetch(Published.weights(server.url("/dir/net.pth"), digits));
        assertThat(file).isEqualTo(target()).hasBinaryContent(CONTENT);
        assertThat(part()).doesNotExist();
        assertThat(folder.resolve("net.pth.part.origin")).doesNotExist();
        return server.requests();
    }

    /** The reason that a fetch fails for, without address and place. */
    private String refusal(ScriptedServer server) {
        String url = server.url("/dir/net.pth");
        List<String> reasons = new ArrayList<>();
        assertThatThrownBy(() -> store().fetch(Published.weights(url, digits)))
                .isInstanceOfSatisfying(UncheckedIOException.class, e -> reasons.add(e.getMessage()));
        assertThat(target()).doesNotExist();
        String before = url + ": cannot be downloaded: ";
        String after = "; or put it to " + target();
        assertThat(reasons.get(0)).startsWith(before).endsWith(after).doesNotContain("\n");
        return reasons.get(0).substring(before.length(), reasons.get(0).length() - after.length());
    }

    @ParameterizedTest
    @ValueSource(strings = {TAG, DATE})
    void goesOnAfterABrokenConnection(String validator) throws IOException {
        List<ScriptedServer.Request> requests =
                fetch(cut(CONTENT, validator, 70_000), rest(CONTENT, 150_000), rest(CONTENT));
        assertThat(requests).hasSize(3);
        assertThat(requests.get(1).header("Range")).isEqualTo("bytes=70000-");
        assertThat(requests.get(2).header("Range")).isEqualTo("bytes=150000-");
        assertThat(requests.subList(1, 3)).allSatisfy(r -> assertThat(validator).endsWith(": " + r.header("If-Range")));
        assertThat(pauses).containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(1)); // each try got on
    }

    @Test
    void goesOnWithWhatAnEarlierProcessLeft() throws IOException {
        try (ScriptedServer server =
                new ScriptedServer(cut(CONTENT, TAG, 70_000), status("404 Not Found"), rest(CONTENT))) {
            assertThat(refusal(server)).isEqualTo("the server answers 404");
            assertThat(part()).hasSize(70_000);
            assertThat(fetch(server).get(2).header("Range")).isEqualTo("bytes=70000-");
        }
    }

    /** If-Range asks for all of a file that has changed; a server without ranges always sends all. */
    @Test
    void beginsAnewWhenTheServerSendsAll() throws IOException {
        byte[] old = Published.content(190_000);
        List<ScriptedServer.Request> requests = fetch(cut(old, "ETag: \"old\"", 70_000), file(CONTENT, TAG));
        assertThat(requests.get(1).header("If-Range")).isEqualTo("\"old\"");
    }

    /** A weak tag does not promise equal bytes. */
    @ParameterizedTest
    @ValueSource(strings = {"ETag: W/\"abc\"", "X-Nothing: 1"})
    void beginsAnewWithoutAValidator(String validator) throws IOException {
        assertThat(fetch(cut(CONTENT, validator, 70_000), file(CONTENT, validator)))
                .allSatisfy(r -> assertThat(r.headers()).doesNotContainKeys("Range", "If-Range"));
    }

    @Test
    void beginsAnewForAnotherAddress() throws IOException {
        try (ScriptedServer first = new ScriptedServer(cut(CONTENT, TAG, 70_000), status("410 Gone"))) {
            assertThat(refusal(first)).isEqualTo("the server answers 410");
        }
        assertThat(part()).hasSize(70_000);
        assertThat(fetch(file(CONTENT, TAG)).get(0).headers()).doesNotContainKey("Range");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\nb\nc\n", "a\n-1\nc\n", "a\n1\nc\nd\n"})
    void beginsAnewWhenItIsNotKnownWhatThePartIsOf(String origin) throws IOException {
        Files.write(part(), new byte[] {1, 2, 3});
        Files.writeString(folder.resolve("net.pth.part.origin"), origin);
        assertThat(fetch(file(CONTENT, TAG)).get(0).headers()).doesNotContainKey("Range");
    }

    @Test
    void doesNotAskAgainForAWholePart() throws IOException {
        try (ScriptedServer server = new ScriptedServer(status("500 Broken"))) {
            Files.write(part(), CONTENT);
            String origin = server.url("/dir/net.pth") + "\n" + CONTENT.length + "\n\"abc\"\n";
            Files.writeString(folder.resolve("net.pth.part.origin"), origin);
            assertThat(fetch(server)).isEmpty();
        }
    }

    @Test
    void beginsAnewAfterAPartThatIsTooLong() throws IOException {
        try (ScriptedServer server = new ScriptedServer(file(CONTENT, TAG))) {
            Files.write(part(), Published.content(CONTENT.length + 1));
            String origin = server.url("/dir/net.pth") + "\n" + CONTENT.length + "\n\"abc\"\n";
            Files.writeString(folder.resolve("net.pth.part.origin"), origin);
            assertThat(fetch(server).get(0).headers()).doesNotContainKey("Range");
        }
    }

    @Test
    void beginsAnewWhenTheServerHasNoSuchRange() throws IOException {
        List<ScriptedServer.Request> requests =
                fetch(cut(CONTENT, TAG, 70_000), status("416 Range Not Satisfiable"), file(CONTENT, TAG));
        assertThat(requests.get(2).headers()).doesNotContainKey("Range");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bytes 69999-199999/200000",
                "bytes 70000-199998/200000",
                "bytes 70000-199999/200001",
                "bytes 70000-199999/*",
                "bytes"
            })
    void beginsAnewAfterAnotherRange(String range) throws IOException {
        Answer wrong = answer(
                "206 Partial Content", "Content-Length: 130000\r\nContent-Range: " + range + "\r\n", new byte[130_000]);
        List<ScriptedServer.Request> requests = fetch(cut(CONTENT, TAG, 70_000), wrong, file(CONTENT, TAG));
        assertThat(requests).hasSize(3);
        assertThat(requests.get(2).headers()).doesNotContainKey("Range");
    }

    @Test
    void refusesARangeThatItDidNotAskFor() throws IOException {
        Answer unasked =
                answer("206 Partial Content", "Content-Length: 1\r\nContent-Range: bytes 0-0/200000\r\n", new byte[1]);
        try (ScriptedServer server = new ScriptedServer(unasked)) {
            assertThat(refusal(server)).isEqualTo("the server answers with a part of the file, unasked");
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void triesAgainAfterAStall() throws IOException {
        stall = Duration.ofMillis(400);
        List<ScriptedServer.Request> requests =
                fetch(silence(), stalls(cut(CONTENT, TAG, 70_000)), stalls(rest(CONTENT, 150_000)), rest(CONTENT));
        assertThat(requests).hasSize(4);
        assertThat(requests.get(3).header("Range")).isEqualTo("bytes=150000-");
    }

    @Test
    void givesUpAServerThatStallsAgainAndAgain() throws IOException {
        stall = Duration.ofMillis(300);
        try (ScriptedServer server = new ScriptedServer(stalls(cut(CONTENT, TAG, 0)))) {
            assertThat(refusal(server)).isEqualTo("nothing arrived for 0.3 s");
            assertThat(server.requests()).hasSize(3);
        }
    }

    @Test
    void triesAgainAfterAPassingFailure() throws IOException {
        assertThat(fetch(status("503 Busy"), status("429 Slow"), file(CONTENT, TAG)))
                .hasSize(3);
        assertThat(pauses).containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(2));
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
            assertThat(refusal(server)).isEqualTo("the server answers " + answer.substring(0, 3));
            assertThat(server.requests()).hasSize(tries);
            assertThat(pauses).hasSize(tries - 1);
        }
    }

    /** A part that does not grow is no progress, however often it arrives. */
    @Test
    void givesUpAServerThatAlwaysBreaksAtOnePlace() throws IOException {
        try (ScriptedServer server = new ScriptedServer(cut(CONTENT, "X-Nothing: 1", 70_000))) {
            assertThat(refusal(server)).isNotEmpty();
            assertThat(server.requests()).hasSize(3);
        }
    }

    @Test
    void waitsLongerFromTryToTryButNotForEver() throws IOException {
        try (ScriptedServer server = new ScriptedServer(status("500 Broken"))) {
            Zoo.Weights weights = Published.weights(server.url("/"), digits);
            WeightStore patient =
                    WeightStore.at(folder).limits(Published.limits(Duration.ofSeconds(20), 8, 300_000, pauses));
            assertThatThrownBy(() -> patient.fetch(weights)).isInstanceOf(UncheckedIOException.class);
            assertThat(pauses.stream().map(Duration::toSeconds)).containsExactly(1L, 2L, 4L, 8L, 16L, 30L, 30L);
        }
    }

    @Test
    void beginsAnewAfterAWrongChecksum() throws IOException {
        byte[] broken = CONTENT.clone();
        broken[100_000] ^= 1;
        List<ScriptedServer.Request> requests = fetch(file(broken, TAG), file(CONTENT, TAG));
        assertThat(requests).hasSize(2);
        assertThat(requests.get(1).headers()).doesNotContainKey("Range");
    }

    @Test
    void givesUpWhenTheChecksumStaysWrong() throws IOException {
        byte[] broken = CONTENT.clone();
        broken[0] ^= 1;
        try (ScriptedServer server = new ScriptedServer(file(broken, TAG))) {
            assertThat(refusal(server))
                    .isEqualTo("what arrived has the SHA-256 " + Published.sha256(broken, 64) + ", published is "
                            + digits + "...");
            assertThat(server.requests()).hasSize(3);
            assertThat(part()).doesNotExist();
        }
    }

    @Test
    void comparesAsManyDigitsAsArePublished() throws IOException {
        digits = Published.sha256(CONTENT, 64);
        fetch(file(CONTENT, TAG));
        Files.delete(target());
        digits = Published.sha256(CONTENT, 63) + (Published.sha256(CONTENT, 64).endsWith("0") ? "1" : "0");
        try (ScriptedServer server = new ScriptedServer(file(CONTENT, TAG))) {
            assertThat(refusal(server)).startsWith("what arrived has the SHA-256");
        }
    }

    @Test
    void followsRedirects() throws IOException {
        List<ScriptedServer.Request> requests = fetch(
                redirect("/other/place"),
                redirect("beside?a=b"),
                redirect("/3"),
                redirect("/4"),
                redirect("/5"),
                file(CONTENT, TAG));
        assertThat(requests.stream().map(ScriptedServer.Request::path))
                .containsExactly("/dir/net.pth", "/other/place", "/other/beside?a=b", "/3", "/4", "/5");
    }

    @Test
    void asksForTheRestAfterARedirectToo() throws IOException {
        List<ScriptedServer.Request> requests =
                fetch(redirect("/a"), cut(CONTENT, TAG, 70_000), redirect("/b"), rest(CONTENT));
        assertThat(requests.get(3).path()).isEqualTo("/b");
        assertThat(requests.get(3).header("Range")).isEqualTo("bytes=70000-");
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
            assertThat(refusal(server)).isEqualTo(reason);
            assertThat(server.requests()).hasSize(requests);
        }
    }

    @Test
    void refusesWhatIsTooLarge() throws IOException {
        byte[] large = Published.content(300_001);
        try (ScriptedServer server = new ScriptedServer(cut(large, TAG, 10))) {
            assertThat(refusal(server)).isEqualTo("has more than 300000 bytes");
            assertThat(server.requests()).hasSize(1);
            assertThat(part()).doesNotExist();
        }
        Answer endless = answer("200 OK", "", large); // no length: up to the end of the connection
        try (ScriptedServer server = new ScriptedServer(endless)) {
            assertThat(refusal(server)).isEqualTo("has more than 300000 bytes");
            assertThat(Files.size(part())).isLessThanOrEqualTo(300_000);
        }
    }

    @Test
    void takesTheLargestThatIsAllowed() throws IOException {
        byte[] large = Published.content(300_000);
        try (ScriptedServer server = new ScriptedServer(file(large, TAG))) {
            assertThat(store().fetch(Published.weights(server.url("/"), null))).hasBinaryContent(large);
        }
    }

    /** Only a checksum can tell whether all has come. */
    @Test
    void needsALengthOrAChecksum() throws IOException {
        Answer unknown = answer("200 OK", "", CONTENT);
        assertThat(fetch(unknown)).hasSize(1);
        Files.delete(target());
        digits = null;
        try (ScriptedServer server = new ScriptedServer(unknown)) {
            assertThat(refusal(server)).isEqualTo("the server does not say how long the file is");
        }
    }

    @Test
    void saysWhenNobodyAnswers() throws IOException {
        ScriptedServer server = new ScriptedServer(silence());
        server.close();
        assertThat(refusal(server)).isNotEmpty();
        assertThat(pauses).hasSize(2);
    }

    @Test
    void tellsHowFarItIs() throws IOException {
        List<DownloadProgress> told = new ArrayList<>();
        try (ScriptedServer server = new ScriptedServer(cut(CONTENT, TAG, 70_000), rest(CONTENT))) {
            Zoo.Weights weights = Published.weights(server.url("/"), digits);
            store().progress(told::add).fetch(weights);
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
    void keepsWhatCameWhenTheListenerEndsIt() throws IOException {
        try (ScriptedServer server = new ScriptedServer(file(CONTENT, TAG), rest(CONTENT))) {
            Zoo.Weights weights = Published.weights(server.url("/dir/net.pth"), digits);
            assertThatThrownBy(() -> store().progress(p -> {
                                if (p.received() > 0) {
                                    throw new IllegalStateException("enough");
                                }
                            })
                            .fetch(weights))
                    .hasMessage("enough");
            long kept = Files.size(part());
            assertThat(kept).isPositive();
            assertThat(Files.readAllBytes(part())).isEqualTo(Arrays.copyOf(CONTENT, (int) kept));
            fetch(server);
        }
    }

    @Test
    void endsWhenItsThreadIsInterrupted() throws IOException {
        try (ScriptedServer server = new ScriptedServer(silence())) {
            Zoo.Weights weights = Published.weights(server.url("/"), digits);
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> store().fetch(weights))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessage(target() + ": interrupted while downloading " + server.url("/"));
            assertThat(Thread.interrupted()).isTrue();
            assertThat(pauses).isEmpty();
        }
    }
}
