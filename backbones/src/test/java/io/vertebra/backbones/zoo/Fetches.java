package io.vertebra.backbones.zoo;

import static io.vertebra.backbones.zoo.ScriptedServer.file;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.backbones.zoo.ScriptedServer.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Fetches of one file from scripted servers into a folder, with pauses that are only written down. */
final class Fetches {
    /** What the servers are to have sent in the end. */
    static final byte[] CONTENT = Published.content(200_000);

    /** A validator that promises equal bytes. */
    static final String TAG = "ETag: \"abc\"";

    final List<Duration> pauses = new ArrayList<>();
    String digits = Published.sha256(CONTENT, 8);
    Duration stall = Duration.ofSeconds(20);
    private final Path folder;

    Fetches(Path folder) {
        this.folder = folder;
    }

    Path target() {
        return folder.resolve("net.pth");
    }

    Path part() {
        return folder.resolve("net.pth.part");
    }

    WeightStore store() {
        return WeightStore.at(folder).limits(Published.limits(stall, 3, 300_000, pauses));
    }

    List<ScriptedServer.Request> fetch(Answer... answers) throws IOException {
        try (ScriptedServer server = new ScriptedServer(answers)) {
            return fetch(server);
        }
    }

    List<ScriptedServer.Request> fetch(ScriptedServer server) {
        Path file = store().fetch(Published.weights(server.url("/dir/net.pth"), digits));
        assertThat(file).isEqualTo(target()).hasBinaryContent(CONTENT);
        assertThat(part()).doesNotExist();
        assertThat(folder.resolve("net.pth.part.origin")).doesNotExist();
        return server.requests();
    }

    /** The reason that a fetch fails for, without address and place. */
    String refusal(ScriptedServer server) {
        String url = server.url("/dir/net.pth");
        List<String> reasons = new ArrayList<>();
        assertThatThrownBy(() -> store().fetch(Published.weights(url, digits)))
                .isInstanceOfSatisfying(UncheckedIOException.class, e -> reasons.add(e.getMessage()));
        assertThat(target()).doesNotExist();
        String before = url + ": cannot be downloaded: ";
        String after = "; try again, or bring the file by another way to " + target();
        assertThat(reasons.get(0)).startsWith(before).endsWith(after).doesNotContain("\n");
        return reasons.get(0).substring(before.length(), reasons.get(0).length() - after.length());
    }
}
