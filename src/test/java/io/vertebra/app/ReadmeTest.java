package io.vertebra.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.backbones.embed.EmbeddingIndex;
import io.vertebra.graph.engine.Engine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReadmeTest {

    @ParameterizedTest
    @CsvSource({"cat.jpg, Egyptian cat", "chickadee.jpg, chickadee", "macaw.jpg, macaw"})
    void theExampleNamesRealPhotos(String photo, String name) throws IOException {
        Path weights = Shared.path("weights");
        List<String> names = Files.readAllLines(weights.resolve("imagenet_classes.txt"));
        Engine engine = Engines.found().open("onednn", line -> {});

        int best = ReadmeExample.classify(
                engine,
                weights.resolve("squeezenet1_1_in1k.safetensors"),
                weights.resolve("photos").resolve(photo));

        assertThat(names.get(best)).isEqualTo(name);
    }

    @Test
    void theExampleFindsSimilarPhotos() throws IOException {
        Path photos = Shared.path("weights/photos");
        List<EmbeddingIndex.Match<Path>> found = ReadmeExample.similar(
                Shared.path("weights/mobilenet_v2_1.0_224_in1k.safetensors"), photos, photos.resolve("cat.jpg"));

        assertThat(found).hasSize(4);
        assertThat(found.get(0).key()).isEqualTo(photos.resolve("cat.jpg"));
        assertThat(found.get(0).similarity()).isCloseTo(1, within(1e-4));
        assertThat(found.get(1).similarity()).isLessThan(0.9);
    }

    @ParameterizedTest
    @ValueSource(strings = {"similar", "classify"})
    void theExampleStandsInTheReadme(String name) throws IOException {
        String source = Files.readString(Path.of("test/java/io/vertebra/app/ReadmeExample.java"));
        String begin = "// begin " + name + "\n";
        String example =
                source.substring(source.indexOf(begin) + begin.length(), source.indexOf("    // end " + name + "\n"));

        assertThat(Files.readString(Path.of("../README.md")))
                .contains("```java\n" + example.stripTrailing().stripIndent() + "\n```");
    }
}
