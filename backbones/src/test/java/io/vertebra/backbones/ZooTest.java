package io.vertebra.backbones;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ZooTest {

    private static final Zoo ZOO = Zoo.builtIn();

    @Test
    void knowsEveryBackboneAndNothingElse() {
        assertThat(ZOO.entries().stream().map(Zoo.Entry::name).toList())
                .isEqualTo(Backbones.builtIn().names());
        assertThat(ZOO.entry("resnet51")).isEmpty();
    }

    @Test
    void saysHowTheDefaultWeightsOfTorchvisionAreEvaluated() {
        Zoo.Weights weights = ZOO.entry("resnet50").orElseThrow().weights().get(0);
        assertThat(weights.tag()).isEqualTo("imagenet1k_v2");
        assertThat(weights.source()).isEqualTo("torchvision");
        assertThat(weights.file()).isEqualTo("resnet50-11ad3fa6.pth");
        assertThat(weights.classes()).isEqualTo(1000);
        assertThat(weights.mean()).containsExactly(0.485, 0.456, 0.406);
        assertThat(weights.std()).containsExactly(0.229, 0.224, 0.225);
        assertThat(weights.evaluations()).containsExactly(new Zoo.Evaluation(224, 232, "bilinear", 80.858, 95.434));
        assertThat(ZOO.entry("resnet50").orElseThrow().top1()).isEqualTo(Optional.of(80.858));
    }

    /** timm resizes the short side to ⌊size / crop_pct⌋. */
    @Test
    void saysHowTimmEvaluates() {
        Zoo.Weights weights = ZOO.entry("resnet50d").orElseThrow().weights().get(0);
        assertThat(weights.tag()).isEqualTo("ra2_in1k");
        assertThat(weights.evaluations())
                .containsExactly(
                        new Zoo.Evaluation(288, 303, "bicubic", 81.354, 95.742),
                        new Zoo.Evaluation(224, 256, "bicubic", 80.546, 95.16));
    }

    @Test
    void hasEveryPublishedSetOnce() throws IOException {
        Set<String> published = new TreeSet<>();
        List<String> lines = Files.readAllLines(Shared.path("anchors/backbones_weights.tsv"));
        List<String> columns = Arrays.asList(lines.get(0).split("\t", -1));
        for (String line : lines.subList(1, lines.size())) {
            String[] cells = line.split("\t", -1);
            String name = cells[columns.indexOf("name")];
            boolean scored =
                    cells[columns.indexOf("top1")].matches("[0-9.]+"); // one set of VGG16 is for detectors only
            if (ZOO.entry(name).isPresent() && scored) {
                published.add(name + " " + cells[columns.indexOf("tag")].toLowerCase(Locale.ROOT));
            }
        }
        List<String> held = ZOO.entries().stream()
                .flatMap(e -> e.weights().stream().map(w -> e.name() + " " + w.tag()))
                .toList();
        assertThat(held).doesNotHaveDuplicates();
        assertThat(held).containsExactlyInAnyOrderElementsOf(published);
    }

    @Test
    void holdsSaneNumbers() {
        assertThat(ZOO.entries()).allSatisfy(entry -> {
            assertThat(entry.classes()).isIn(10, 1000);
            assertThat(entry.inputSize()).isIn(32, 224);
            assertThat(entry.weights()).allSatisfy(weights -> {
                assertThat(weights.url()).startsWith("https://");
                assertThat(weights.evaluations()).isNotEmpty().allSatisfy(e -> {
                    assertThat(e.resize()).isGreaterThanOrEqualTo(e.size());
                    assertThat(e.top1()).isBetween(50.0, 90.0);
                    assertThat(e.top5()).isBetween(e.top1(), 100.0);
                    assertThat(e.interpolation()).isIn("bilinear", "bicubic");
                });
            });
        });
    }
}
