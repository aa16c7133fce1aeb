package io.vertebra.app.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertebra.app.CommandRun;
import io.vertebra.app.Engines;
import java.io.IOException;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

class DevicesCommandTest {
    private static final String NO_BINDINGS = "this build has no CUDA bindings; build with VERTEBRA_PROFILES=cuda";

    private static void assumeNoProfile() {
        assumeTrue(System.getProperty("vertebra.profiles.cuda") == null, "built with the profile cuda");
    }

    @Test
    void saysWhatEachEngineLacks() {
        assumeNoProfile();
        CommandRun run = CommandRun.of("devices");
        assertThat(run.code()).isZero();
        assertThat(run.out().lines())
                .contains("engine cuda    " + NO_BINDINGS)
                .anyMatch(l -> l.startsWith("engine onednn  oneDNN "))
                .anyMatch(l -> l.startsWith("libraries of CUDA found: "))
                .last()
                .asString()
                .startsWith("engine: auto takes onednn: ");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void saysTheSameInJson() throws IOException {
        assumeNoProfile();
        JsonNode object = CommandRun.json("devices", "--json");
        List<JsonNode> engines =
                StreamSupport.stream(object.get("engines").spliterator(), false).toList();
        assertThat(engines).extracting(e -> e.get("name").textValue()).containsExactly("onednn", "dl4j", "cuda");
        JsonNode cuda = engines.get(2);
        assertThat(cuda.get("works").booleanValue()).isFalse();
        assertThat(cuda.get("version").textValue()).isEqualTo("cuda: " + NO_BINDINGS);
        assertThat(cuda.get("precisions")).isEmpty();
        assertThat(object.get("libraries").has("libcudnn_graph.so.9")).isTrue();
        assertThat(object.get("auto").textValue())
                .isEqualTo(Engines.found().auto().name());
    }
}
