package io.vertebra.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.engine.Engine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
    void theExampleStandsInTheReadme() throws IOException {
        String source = Files.readString(Path.of("test/java/io/vertebra/app/ReadmeExample.java"));
        String example = source.substring(source.indexOf("// begin\n") + 9, source.indexOf("    // end"));

        assertThat(Files.readString(Path.of("../README.md")))
                .contains("```java\n" + example.stripTrailing().stripIndent() + "\n```");
    }
}
