package io.vertebra.app.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.backbones.zoo.Zoo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightsLocatorTest {
    private static final Zoo.Weights RESNET18 =
            Zoo.builtIn().entry("resnet18").orElseThrow().weights().get(0);

    @TempDir
    Path folder;

    private WeightsLocator locator() {
        return new WeightsLocator(Zoo.builtIn(), List.of(folder.resolve("ours"), folder.resolve("torch")));
    }

    private Path cached(String cache) throws IOException {
        Path file = folder.resolve(cache).resolve(RESNET18.file());
        Files.createDirectories(file.getParent());
        return Files.writeString(file, "weights");
    }

    @Test
    void takesAFileAsItIs() throws IOException {
        Path file = Files.writeString(folder.resolve("a.pth"), "x");
        assertThat(locator().locate(file.toString(), "resnet18")).isEqualTo(file);
    }

    @Test
    void looksForATagInTheCachesInTheirOrder() throws IOException {
        Path torch = cached("torch");
        assertThat(locator().locate(RESNET18.tag(), "resnet18")).isEqualTo(torch);
        Path ours = cached("ours");
        assertThat(locator().locate(RESNET18.tag(), "resnet18")).isEqualTo(ours);
    }

    @Test
    void saysWhereToGetWhatIsNotThere() {
        assertThatThrownBy(() -> locator().locate(RESNET18.tag(), "resnet18"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("weights: " + RESNET18.tag() + " of resnet18 is not on this machine; download "
                        + RESNET18.url() + " to " + folder.resolve("ours").resolve(RESNET18.file()));
        assertThatThrownBy(() -> locator().locate("imagenet9k", "resnet18"))
                .hasMessageStartingWith(
                        "weights: no such file imagenet9k; published sets of resnet18: " + RESNET18.tag());
        assertThatThrownBy(() -> locator().locate(folder.toString(), "resnet20_cifar"))
                .hasMessage("weights: " + folder + " is not a file");
    }

    @Test
    void followsTheEnvironmentToTheCaches() {
        Path home = Path.of("home");
        assertThat(WeightsLocator.caches(Map.of(), home))
                .containsExactly(Path.of("home/.cache/vertebra/weights"), Path.of("home/.cache/torch/hub/checkpoints"));
        assertThat(WeightsLocator.caches(Map.of("XDG_CACHE_HOME", "x"), home))
                .containsExactly(Path.of("x/vertebra/weights"), Path.of("x/torch/hub/checkpoints"));
        assertThat(WeightsLocator.caches(Map.of("XDG_CACHE_HOME", "x", "VERTEBRA_CACHE", "v", "TORCH_HOME", "t"), home))
                .containsExactly(Path.of("v/weights"), Path.of("t/hub/checkpoints"));
    }
}
