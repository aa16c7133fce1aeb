package io.vertebra.backbones.zoo;

import static io.vertebra.backbones.zoo.Fetches.CONTENT;
import static io.vertebra.backbones.zoo.Fetches.TAG;
import static io.vertebra.backbones.zoo.ScriptedServer.answer;
import static io.vertebra.backbones.zoo.ScriptedServer.cut;
import static io.vertebra.backbones.zoo.ScriptedServer.file;
import static io.vertebra.backbones.zoo.ScriptedServer.redirect;
import static io.vertebra.backbones.zoo.ScriptedServer.rest;
import static io.vertebra.backbones.zoo.ScriptedServer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.backbones.zoo.ScriptedServer.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which bytes a download asks for: the rest of what is here, or all anew. */
class ResumeTest {
    private static final String DATE = "Last-Modified: Wed, 21 Oct 2015 07:28:00 GMT";

    @TempDir
    private Path folder;

    private Fetches net;

    @BeforeEach
    void prepare() {
        net = new Fetches(folder);
    }

    @ParameterizedTest
    @ValueSource(strings = {TAG, DATE})
    void goesOnAfterABrokenConnection(String validator) throws IOException {
        List<ScriptedServer.Request> requests =
                net.fetch(cut(CONTENT, validator, 70_000), rest(CONTENT, 150_000), rest(CONTENT));
        assertThat(requests).hasSize(3);
        assertThat(requests.get(1).header("Range")).isEqualTo("bytes=70000-");
        assertThat(requests.get(2).header("Range")).isEqualTo("bytes=150000-");
        assertThat(requests.subList(1, 3)).allSatisfy(r -> assertThat(validator).endsWith(": " + r.header("If-Range")));
        assertThat(net.pauses).containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(1)); // each try got on
    }

    @Test
    void goesOnWithWhatAnEarlierProcessLeft() throws IOException {
        try (ScriptedServer server =
                new ScriptedServer(cut(CONTENT, TAG, 70_000), status("404 Not Found"), rest(CONTENT))) {
            assertThat(net.refusal(server)).isEqualTo("the server answers 404");
            assertThat(net.part()).hasSize(70_000);
            assertThat(net.fetch(server).get(2).header("Range")).isEqualTo("bytes=70000-");
        }
    }

    /** If-Range asks for all of a file that has changed; a server without ranges always sends all. */
    @Test
    void beginsAnewWhenTheServerSendsAll() throws IOException {
        byte[] old = Published.content(190_000);
        List<ScriptedServer.Request> requests = net.fetch(cut(old, "ETag: \"old\"", 70_000), file(CONTENT, TAG));
        assertThat(requests.get(1).header("If-Range")).isEqualTo("\"old\"");
    }

    /** A weak tag does not promise equal bytes. */
    @ParameterizedTest
    @ValueSource(strings = {"ETag: W/\"abc\"", "X-Nothing: 1"})
    void beginsAnewWithoutAValidator(String validator) throws IOException {
        assertThat(net.fetch(cut(CONTENT, validator, 70_000), file(CONTENT, validator)))
                .allSatisfy(r -> assertThat(r.headers()).doesNotContainKeys("Range", "If-Range"));
    }

    @Test
    void beginsAnewForAnotherAddress() throws IOException {
        try (ScriptedServer first = new ScriptedServer(cut(CONTENT, TAG, 70_000), status("410 Gone"))) {
            assertThat(net.refusal(first)).isEqualTo("the server answers 410");
        }
        assertThat(net.part()).hasSize(70_000);
        assertThat(net.fetch(file(CONTENT, TAG)).get(0).headers()).doesNotContainKey("Range");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\nb\nc\n", "a\n-1\nc\n", "a\n1\nc\nd\n"})
    void beginsAnewWhenItIsNotKnownWhatThePartIsOf(String origin) throws IOException {
        Files.write(net.part(), new byte[] {1, 2, 3});
        Files.writeString(folder.resolve("net.pth.part.origin"), origin);
        assertThat(net.fetch(file(CONTENT, TAG)).get(0).headers()).doesNotContainKey("Range");
    }

    @Test
    void doesNotAskAgainForAWholePart() throws IOException {
        try (ScriptedServer server = new ScriptedServer(status("500 Broken"))) {
            Files.write(net.part(), CONTENT);
            String origin = server.url("/dir/net.pth") + "\n" + CONTENT.length + "\n\"abc\"\n";
            Files.writeString(folder.resolve("net.pth.part.origin"), origin);
            assertThat(net.fetch(server)).isEmpty();
        }
    }

    @Test
    void beginsAnewAfterAPartThatIsTooLong() throws IOException {
        try (ScriptedServer server = new ScriptedServer(file(CONTENT, TAG))) {
            Files.write(net.part(), Published.content(CONTENT.length + 1));
            String origin = server.url("/dir/net.pth") + "\n" + CONTENT.length + "\n\"abc\"\n";
            Files.writeString(folder.resolve("net.pth.part.origin"), origin);
            assertThat(net.fetch(server).get(0).headers()).doesNotContainKey("Range");
        }
    }

    @Test
    void beginsAnewWhenTheServerHasNoSuchRange() throws IOException {
        List<ScriptedServer.Request> requests =
                net.fetch(cut(CONTENT, TAG, 70_000), status("416 Range Not Satisfiable"), file(CONTENT, TAG));
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
        List<ScriptedServer.Request> requests = net.fetch(cut(CONTENT, TAG, 70_000), wrong, file(CONTENT, TAG));
        assertThat(requests).hasSize(3);
        assertThat(requests.get(2).headers()).doesNotContainKey("Range");
    }

    @Test
    void refusesARangeThatItDidNotAskFor() throws IOException {
        Answer unasked =
                answer("206 Partial Content", "Content-Length: 1\r\nContent-Range: bytes 0-0/200000\r\n", new byte[1]);
        try (ScriptedServer server = new ScriptedServer(unasked)) {
            assertThat(net.refusal(server)).isEqualTo("the server answers with a part of the file, unasked");
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void beginsAnewAfterAWrongChecksum() throws IOException {
        byte[] broken = CONTENT.clone();
        broken[100_000] ^= 1;
        List<ScriptedServer.Request> requests = net.fetch(file(broken, TAG), file(CONTENT, TAG));
        assertThat(requests).hasSize(2);
        assertThat(requests.get(1).headers()).doesNotContainKey("Range");
    }

    @Test
    void asksForTheRestAfterARedirectToo() throws IOException {
        List<ScriptedServer.Request> requests =
                net.fetch(redirect("/a"), cut(CONTENT, TAG, 70_000), redirect("/b"), rest(CONTENT));
        assertThat(requests.get(3).path()).isEqualTo("/b");
        assertThat(requests.get(3).header("Range")).isEqualTo("bytes=70000-");
    }

    @Test
    void keepsWhatCameWhenTheListenerEndsIt() throws IOException {
        try (ScriptedServer server = new ScriptedServer(file(CONTENT, TAG), rest(CONTENT))) {
            Zoo.Weights weights = Published.weights(server.url("/dir/net.pth"), net.digits);
            assertThatThrownBy(() -> net.store()
                            .progress(p -> {
                                if (p.received() > 0) {
                                    throw new IllegalStateException("enough");
                                }
                            })
                            .fetch(weights))
                    .hasMessage("enough");
            long kept = Files.size(net.part());
            assertThat(kept).isPositive();
            assertThat(Files.readAllBytes(net.part())).isEqualTo(Arrays.copyOf(CONTENT, (int) kept));
            net.fetch(server);
        }
    }
}
