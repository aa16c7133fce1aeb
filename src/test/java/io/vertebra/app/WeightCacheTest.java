package io.vertebra.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.backbones.weights.WeightsException;
import io.vertebra.backbones.zoo.WeightStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WeightCacheTest {
    private static final String FILE = "resnet18-f37072fd.pth";

    @TempDir
    Path folder;

    /** The file that the tag is found in, in a home where files of this name lie at these places. */
    private Path found(Map<String, String> environment, String... places) throws IOException {
        for (String place : places) {
            Path file = folder.resolve(place).resolve(FILE);
            Files.createDirectories(file.getParent());
            Files.writeString(file, "x");
        }
        WeightStore store = WeightCache.store(environment, folder);
        return folder.relativize(
                store.offline(true).resolve("resnet18", "imagenet1k_v1").getParent());
    }

    @Test
    void liesInTheHomeWhenNothingElseIsSaid() throws IOException {
        assertThat(found(Map.of(), ".cache/torch/hub/checkpoints")).isEqualTo(Path.of(".cache/torch/hub/checkpoints"));
        assertThat(found(Map.of("VERTEBRA_CACHE", ""), ".cache/vertebra/weights"))
                .isEqualTo(Path.of(".cache/vertebra/weights"));
    }

    @ParameterizedTest
    @CsvSource({
        "XDG_CACHE_HOME, x, x/vertebra/weights",
        "VERTEBRA_CACHE, v, v/weights",
        "XDG_CACHE_HOME, x, x/torch/hub/checkpoints",
        "TORCH_HOME, t, t/hub/checkpoints"
    })
    void followsTheEnvironment(String variable, String value, String place) throws IOException {
        Map<String, String> environment = Map.of(variable, folder.resolve(value).toString());
        assertThat(found(environment, place)).isEqualTo(Path.of(place));
    }

    @ParameterizedTest
    @CsvSource({"XDG_CACHE_HOME, .cache/vertebra/weights", "TORCH_HOME, .cache/torch/hub/checkpoints"})
    void leavesTheHomeThen(String variable, String place) {
        Map<String, String> environment =
                Map.of(variable, folder.resolve("other").toString());
        assertThatThrownBy(() -> found(environment, place))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining(": is not on this machine and downloads are off; put https://");
    }

    @Test
    void isOfflineWhenTheEnvironmentSaysSo() {
        WeightStore store = WeightCache.store(Map.of("VERTEBRA_OFFLINE", "1"), folder);
        assertThatThrownBy(() -> store.resolve("resnet18", "imagenet1k_v1"))
                .hasMessage(folder.resolve(".cache/vertebra/weights").resolve(FILE)
                        + ": is not on this machine and downloads are off; put"
                        + " https://download.pytorch.org/models/" + FILE + " there");
    }
}
