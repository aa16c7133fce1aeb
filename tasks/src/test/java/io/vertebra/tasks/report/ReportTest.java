package io.vertebra.tasks.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.tasks.MemoryFolders;
import io.vertebra.tasks.pictures.Drawing;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
    private static final int RED = 0xD03020;

    @TempDir(factory = MemoryFolders.class)
    private Path temp;

    private static BufferedImage plain(int width, int height, int rgb) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, rgb);
            }
        }
        return image;
    }

    private static Report report() {
        Map<String, String> figures = new LinkedHashMap<>();
        figures.put("best top1", "0.9375");
        figures.put("waited for data", "1.5 %");
        return new Report(
                "Training of <tiny>",
                "classification, 3 classes",
                figures,
                List.of(new Part.Picture("loss", "Loss", Drawing.diagram(plain(7, 5, RED)))),
                List.of(
                        new Part.Table("classes", "Classes", List.of("class", "F1"), List.of(List.of("a&b", "50 %"))),
                        new Part.Picture("matrix", "Confusion", Drawing.diagram(plain(9, 9, 0))),
                        new Part.Gallery(
                                "worst",
                                "Largest losses",
                                List.of(new Part.Tile(Drawing.photo(plain(16, 16, RED)), "cat → dog 99 %")))),
                Map.of("cpu", "Some \"CPU\""),
                "task: classification\n  # a <comment>\n");
    }

    @Test
    void showsEverythingAndEscapesIt() {
        String html = report().html();
        assertThat(html)
                .startsWith("<!DOCTYPE html>")
                .contains("<title>Training of &lt;tiny&gt;</title>", "classification, 3 classes")
                .contains("best top1", "0.9375", "waited for data", "1.5 %")
                .contains("<th>F1</th>", "<td>a&amp;b</td>", "<td>50 %</td>")
                .contains("<section id=\"classes\">", "<section id=\"matrix\">", "<section id=\"worst\">")
                .contains("cat → dog 99 %")
                .contains("<td>cpu</td><td>Some \"CPU\"</td>")
                .contains("task: classification\n  # a &lt;comment&gt;\n")
                .doesNotContain("<tiny>", "<comment>", "a&b");
    }

    @Test
    void needsNoOtherFile() {
        String html = report().html();
        assertThat(html).doesNotContain("http:", "https:", "<script", "<link", "url(");
        assertThat(Pattern.compile("src=\"").matcher(html).results()).hasSize(3);
        assertThat(Pattern.compile("src=\"data:").matcher(html).results()).hasSize(3);
    }

    @Test
    void picturesAreInside() throws IOException {
        Matcher data =
                Pattern.compile("src=\"data:image/(png|jpeg);base64,([^\"]+)\"").matcher(report().html());
        List<BufferedImage> images = new ArrayList<>();
        while (data.find()) {
            images.add(ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(data.group(2)))));
        }
        assertThat(images).extracting(BufferedImage::getWidth).containsExactly(7, 9, 16);
        assertThat(images.get(0).getRGB(3, 3) & 0xFFFFFF).isEqualTo(RED);
    }

    @Test
    void isWrittenAsUtf8() throws IOException {
        report().write(temp.resolve("report.html"));
        assertThat(Files.readString(temp.resolve("report.html"))).isEqualTo(report().html());
    }

    @Test
    void curvesLeaveOutWhatIsMissingOrNoNumber() {
        List<Map<String, Object>> rows = List.of(
                Map.of("step", 1, "train/loss", 2.0),
                Map.of("step", 2, "train/loss", Double.NaN, "val/loss", 1.0),
                Map.of("step", 3, "train/loss", 1.0, "val/loss", 0.5));
        Part.Picture picture = Charts.of("loss", "Loss", rows, List.of("train/loss", "val/loss"))
                .orElseThrow();
        assertThat(picture.key()).isEqualTo("loss");
        assertThat(picture.drawing().image().getWidth()).isEqualTo(960);
        assertThat(colours(picture.drawing().image()))
                .contains(0x1f77b4, 0xd65f2a)
                .doesNotContain(0x2a9d6f);
        BufferedImage one = Charts.of("loss", "Loss", rows, List.of("val/loss"))
                .orElseThrow()
                .drawing()
                .image();
        assertThat(colours(one)).contains(0x1f77b4).doesNotContain(0xd65f2a);
        assertThat(Charts.of("x", "X", rows, List.of("val/mIoU"))).isEmpty();
        assertThat(Charts.of("x", "X", rows.subList(1, 2), List.of("train/loss")))
                .isEmpty();
    }

    private static java.util.Set<Integer> colours(BufferedImage image) {
        java.util.Set<Integer> colours = new java.util.HashSet<>();
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                colours.add(image.getRGB(x, y) & 0xFFFFFF);
            }
        }
        return colours;
    }

    @Test
    void aSheetHasRowsOfFour() {
        Part.Tile tile = new Part.Tile(Drawing.photo(plain(30, 20, RED)), "caption");
        Drawing one = Sheet.of(new Part.Gallery("worst", "Worst", List.of(tile)));
        Drawing five = Sheet.of(new Part.Gallery("worst", "Worst", List.of(tile, tile, tile, tile, tile)));
        assertThat(one.image().getWidth()).isEqualTo(8 + 38);
        assertThat(five.image().getWidth()).isEqualTo(8 + 4 * 38);
        assertThat(five.image().getHeight()).isEqualTo(8 + 2 * (20 + 24 + 8));
        int secondRow = 8 + 52 + 10;
        assertThat(five.image().getRGB(8 + 15, secondRow) & 0xFFFFFF).isEqualTo(RED);
        assertThat(five.image().getRGB(8 + 38 + 15, secondRow) & 0xFFFFFF).isEqualTo(0xFFFFFF);
        assertThat(five.format()).isEqualTo(Drawing.Format.JPEG);
        assertThat(five.file()).isSameAs(five.file());
    }

    @Test
    void curvesOfClassesAreDrawnOverRecall() {
        List<Double> recall = List.of(0.0, 0.5, 1.0);
        Part.Picture picture = Charts.precisionRecall(recall, Map.of("cat", List.of(1.0, 0.8, 0.2)))
                .orElseThrow();
        assertThat(picture.key()).isEqualTo("precision_recall");
        assertThat(colours(picture.drawing().image())).contains(0x1f77b4).doesNotContain(0xd65f2a);
        Map<String, List<Double>> two = new LinkedHashMap<>();
        two.put("cat", List.of(1.0, 0.8, 0.2));
        two.put("dog", List.of(0.5, 0.4, 0.3));
        assertThat(colours(Charts.precisionRecall(recall, two)
                        .orElseThrow()
                        .drawing()
                        .image()))
                .contains(0x1f77b4, 0xd65f2a);
        assertThat(Charts.precisionRecall(recall, Map.of())).isEmpty();
    }

    /** The thirteenth curve is left out: its colour is the first one's, but its line alone is low. */
    @Test
    void ofManyClassesTwelveAreDrawn() {
        Map<String, List<Double>> many = new LinkedHashMap<>();
        for (int i = 0; i < 12; i++) {
            many.put("class " + i, List.of(0.9, 0.9));
        }
        BufferedImage twelve = Charts.precisionRecall(List.of(0.0, 1.0), many)
                .orElseThrow()
                .drawing()
                .image();
        many.put("one more", List.of(0.1, 0.1));
        BufferedImage more = Charts.precisionRecall(List.of(0.0, 1.0), many)
                .orElseThrow()
                .drawing()
                .image();
        assertThat(Drawing.diagram(more).file())
                .isEqualTo(Drawing.diagram(twelve).file());
    }

    @Test
    void partsOfAHeadAreToldApart() {
        assertThat(report().parts().stream().map(part -> part.under("seg")))
                .extracting(Part::key)
                .containsExactly("seg_classes", "seg_matrix", "seg_worst");
        Part.Table table = (Part.Table) report().parts().get(0).under("seg");
        assertThat(table.title()).isEqualTo("seg: Classes");
        assertThat(table.rows()).containsExactly(List.of("a&b", "50 %"));
    }

    @Test
    void sharesAreReadAsPercents() {
        assertThat(Percent.of(0.1234)).isEqualTo("12.3 %");
        assertThat(Percent.of(1)).isEqualTo("100.0 %");
        assertThat(Percent.of(Double.NaN)).isEqualTo("–");
    }
}
