package io.vertebra.backbones.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.backbones.weights.WeightsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UserCacheTest {
    private static final Zoo.Weights SET = Zoo.builtIn()
            .entry("mobilenet_v2")
            .flatMap(e -> e.weights("imagenet1k_v1"))
            .orElseThrow();

    @TempDir
    Path home;

    private Map<String, String> environment(String variable, String folder) {
        Map<String, String> environment = new HashMap<>(Map.of("HOME", home.toString()));
        if (!variable.equals("HOME")) {
            environment.put(
                    variable, folder.isEmpty() ? "" : home.resolve(folder).toString());
        }
        return environment;
    }

    @ParameterizedTest
    @CsvSource({
        "HOME, '', .cache/vertebra/weights",
        "HOME, '', .cache/torch/hub/checkpoints",
        "XDG_CACHE_HOME, c, c/vertebra/weights",
        "XDG_CACHE_HOME, '', .cache/vertebra/weights",
        "XDG_CACHE_HOME, c, c/torch/hub/checkpoints",
        "VERTEBRA_CACHE, v, v/weights",
        "VERTEBRA_CACHE, v, .cache/torch/hub/checkpoints",
        "TORCH_HOME, t, t/hub/checkpoints",
        "TORCH_HOME, t, .cache/vertebra/weights"
    })
    void looksWhereTheEnvironmentSays(String variable, String folder, String place) throws IOException {
        Path file = Files.createDirectories(home.resolve(place)).resolve(SET.file());
        assertThat(UserCache.store(environment(variable, folder)).find(SET)).isEmpty();
        Files.createFile(file);
        assertThat(UserCache.store(environment(variable, folder)).find(SET)).contains(file);
    }

    @Test
    void knowsAHomeOfWindows() throws IOException {
        Path file =
                Files.createDirectories(home.resolve(".cache/vertebra/weights")).resolve(SET.file());
        Files.createFile(file);
        assertThat(UserCache.store(Map.of("USERPROFILE", home.toString())).find(SET))
                .contains(file);
        assertThat(UserCache.store(Map.of("HOME", "", "USERPROFILE", home.toString()))
                        .find(SET))
                .contains(file);
    }

    @Test
    void mayBeOffline() {
        assertThatThrownBy(() -> UserCache.store(Map.of("HOME", home.toString(), "VERTEBRA_OFFLINE", "1"))
                        .fetch(SET))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining("downloads are off");
    }

    @Test
    void needsAFolder() {
        assertThatThrownBy(() -> UserCache.store(Map.of("TORCH_HOME", "t")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("weights: no folder for them is known; say cache(folder)");
        assertThat(UserCache.store(Map.of("TORCH_HOME", "t", "VERTEBRA_CACHE", "v"))
                        .find(SET))
                .isEmpty();
    }
}
