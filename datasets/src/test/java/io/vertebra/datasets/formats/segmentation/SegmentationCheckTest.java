package io.vertebra.datasets.formats.segmentation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertebra.datasets.Pictures;
import io.vertebra.datasets.Shared;
import io.vertebra.datasets.decode.Finding;
import io.vertebra.datasets.decode.ImageCheck;
import io.vertebra.images.Raster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SegmentationCheckTest {

    private static final List<String> TWO = List.of("a", "b");
    private static final List<String> FIVE = List.of("a", "b", "c", "d", "e");

    @TempDir
    private Path root;

    static Stream<JsonNode> rows() {
        return StreamSupport.stream(Shared.json("data/bad_inputs/manifest.json").spliterator(), false)
                .filter(row -> row.get("file").asText().startsWith("segmentation/"));
    }

    /** The pair of a row in a folder of its own. */
    private ImageCheck.Report check(JsonNode row) throws IOException {
        String stem = Path.of(row.get("file").asText().replace(" (absent)", ""))
                .getFileName()
                .toString()
                .split("\\.", -1)[0];
        for (String part : List.of("images", "labels")) {
            Files.createDirectories(root.resolve(part));
            try (Stream<Path> files = Files.list(Shared.file("data/bad_inputs/segmentation/" + part))) {
                for (Path file : files.filter(f -> f.getFileName().toString().startsWith(stem + "."))
                        .toList()) {
                    Files.copy(file, root.resolve(part).resolve(file.getFileName()));
                }
            }
        }
        boolean two = row.get("wrong").asText().contains("2 classes");
        ImageCheck.Report report = SegmentationCheck.folder(root, two ? TWO : FIVE, false);
        for (Finding finding : report.findings()) {
            assertThat(finding.toString()).contains(stem).hasLineCount(1).hasSizeLessThan(400);
        }
        return report;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void judgesEveryRow(JsonNode row) throws IOException {
        ImageCheck.Report report = check(row);
        String label = row.get("file").asText();
        switch (row.get("expect").asText()) {
            case "reject" -> assertThat(report.hasErrors()).as(label).isTrue();
            case "warn" -> {
                assertThat(report.findings()).as(label).isNotEmpty();
                assertThat(report.hasErrors()).as(label).isFalse();
            }
            default -> {
                if (label.contains("/labels/")) { // that of a picture whose label map is the fault says nothing
                    assertThat(report.findings()).as(label).isEmpty();
                    assertThat(report.images()).isEqualTo(1);
                }
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "labels/size_mismatch.png | labels/size_mismatch.png: has another size than its picture: it has 16x12, its picture has 32x24",
                "labels/transposed.png | labels/transposed.png: is transposed: it has 24x32, its picture has 32x24",
                "labels/value_out_of_range.png | labels/value_out_of_range.png: pixel (3,0): has the label 200; with 5 classes only 0 to 4 and 255 are allowed",
                "labels/missing_label.png (absent) | images/missing_label.jpg: has no label map in ROOT/labels",
                "labels/missing_image.png | labels/missing_image.png: warning: belongs to no picture in ROOT/images",
                "labels/all_void.png | labels/all_void.png: warning: has no pixel with an answer: all are 255, which is ignored",
                "labels/label_0_255.png | labels/label_0_255.png: warning: 0 and 255 are the only labels in all maps, and 255 is ignored: only one class is left; a mask of two classes wants 0 and 1"
            })
    void saysWhatIsWrong(String file, String message) throws IOException {
        JsonNode row = rows().filter(r -> r.get("file").asText().equals("segmentation/" + file))
                .findFirst()
                .orElseThrow();
        assertThat(check(row).findings())
                .extracting(Finding::toString)
                .containsExactly(root + "/" + message.replace("ROOT", root.toString()));
    }

    /** A pair of 1x4. */
    private void pair(String name, int... labels) {
        byte[] data = new byte[4];
        for (int i = 0; i < 4; i++) {
            data[i] = (byte) labels[i % labels.length];
        }
        Pictures.png(root.resolve("images/" + name + ".png"), Pictures.plain(1, 4, 1, 2, 3));
        Pictures.png(root.resolve("labels/" + name + ".png"), Raster.of(1, 4, 1, data));
    }

    private List<String> findings(List<String> classes, boolean reduceZero) {
        return SegmentationCheck.folder(root, classes, reduceZero).findings().stream()
                .map(finding -> finding.toString().replace(root.toString(), "root"))
                .toList();
    }

    @Test
    void seesThatZeroWasNotReduced() {
        pair("a", 0, 1, 4, 2);
        pair("b", 0, 5, 1, 3);
        assertThat(findings(FIVE, false))
                .containsExactly(
                        "root/labels/b.png: pixel (1,0): has the label 5; with 5 classes only 0 to 4 and 255"
                                + " are allowed; if 5 stands for no class, ignore_index is wanted; if 0 does, reduce_zero_label is");
        assertThat(findings(FIVE, true)).isEmpty();
        assertThat(findings(List.of(), false)).isEmpty(); // any number will do
        pair("b", 0, 5, 6, 255);
        assertThat(findings(FIVE, false))
                .containsExactly("root/labels/b.png: pixel (1,0): has the label 5; with 5 classes only 0 to 4 and 255"
                        + " are allowed; the wrong ones are 5, 6");
        assertThat(findings(FIVE, true))
                .containsExactly("root/labels/b.png: pixel (2,0): has the label 6; with 5 classes and"
                        + " reduce_zero_label only 0 to 5 and 255 are allowed");
        pair("b", 0, 6, 0, 0);
        assertThat(findings(FIVE, false).get(0)).doesNotContain("shifted");
    }

    @Test
    void listsEightWrongNumbersAtMost() {
        Pictures.png(root.resolve("images/a.png"), Pictures.plain(1, 12, 1, 2, 3));
        byte[] labels = new byte[12];
        for (int i = 0; i < 12; i++) {
            labels[i] = (byte) (i + 100);
        }
        Pictures.png(root.resolve("labels/a.png"), Raster.of(1, 9, 1, Arrays.copyOf(labels, 9)));
        Pictures.png(root.resolve("images/a.png"), Pictures.plain(1, 9, 1, 2, 3));
        assertThat(findings(FIVE, false).get(0))
                .endsWith("; the wrong ones are 100, 101, 102, 103, 104, 105, 106, 107, ...");
        Pictures.png(root.resolve("labels/a.png"), Raster.of(1, 8, 1, Arrays.copyOf(labels, 8)));
        Pictures.png(root.resolve("images/a.png"), Pictures.plain(1, 8, 1, 2, 3));
        assertThat(findings(FIVE, false).get(0)).endsWith("106, 107");
    }

    @Test
    void seesThatZeroWasReducedBefore() {
        pair("a", 255, 0, 1, 2);
        pair("b", 3, 4, 4, 4);
        assertThat(findings(FIVE, true))
                .containsExactly("root/labels/a.png: warning: the labels look shifted by one: 255 occurs beside 0 and 5"
                        + " never does; if zero was reduced in the files already, reduce_zero_label does it twice");
        assertThat(findings(FIVE, false)).isEmpty();
        assertThat(findings(List.of(), true)).isEmpty();
        pair("b", 3, 4, 5, 4);
        assertThat(findings(FIVE, true)).isEmpty();
        pair("b", 3, 4, 4, 4);
        pair("a", 0, 0, 1, 2);
        assertThat(findings(FIVE, true)).isEmpty();
        pair("a", 255, 1, 1, 2);
        assertThat(findings(FIVE, true)).isEmpty();
    }

    @ParameterizedTest(name = "{0} maps, {1} first")
    @CsvSource({"19, 1, false, 0", "20, 1, false, 1", "20, 0, false, 0", "20, 1, true, 0"})
    void seesThatTheFirstClassNeverOccurs(int maps, int first, boolean reduceZero, int expected) {
        for (int i = 0; i < maps; i++) {
            pair("p" + (100 + i), i == 3 ? first : 1, 2, 3, 4);
        }
        List<String> findings = findings(FIVE, reduceZero);
        assertThat(findings).hasSize(expected);
        if (expected > 0) {
            assertThat(findings)
                    .containsExactly("root/labels/p100.png: warning: the labels look shifted by one:"
                            + " 0 (a) occurs in none of 20 maps");
        }
    }

    @Test
    void oneClassAllOverIsAnAnswer() {
        pair("a", 0);
        pair("b", 1);
        assertThat(findings(TWO, false)).isEmpty();
        pair("b", 255);
        assertThat(findings(List.of("a"), false))
                .containsExactly(
                        "root/labels/b.png: warning: has no pixel with an answer: all are 255, which is ignored",
                        "root/labels/a.png: warning: 0 and 255 are the only labels in all maps, and 255 is ignored:"
                                + " only one class is left; a mask of two classes wants 0 and 1");
    }

    @Test
    void aSingleClassIsNotShifted() {
        for (int i = 0; i < 20; i++) {
            pair("p" + i, 255);
        }
        assertThat(findings(List.of("a"), false))
                .hasSize(20)
                .allMatch(text -> text.contains("has no pixel with an answer"));
    }

    @Test
    void masksOfOneClassAreSeenOnlyIfAllAreSo() {
        pair("a", 0, 255, 0, 0);
        assertThat(findings(TWO, false)).hasSize(1);
        assertThat(findings(List.of(), false)).hasSize(1);
        pair("b", 0, 1, 0, 0);
        assertThat(findings(TWO, false)).isEmpty();
        pair("b", 0, 0, 0, 0); // one class all over
        assertThat(findings(TWO, true))
                .containsExactly(
                        "root/labels/b.png: warning: has no pixel with an answer: all are 0, which is ignored",
                        "root/labels/a.png: warning: 0 and 255 are the only labels in all maps, and 255 is ignored:"
                                + " only one class is left; a mask of two classes wants 0 and 1");
    }

    @Test
    void looksAtBothFilesOfAPairAndAtAllPairs() throws IOException {
        pair("a", 9, 0, 0, 0);
        Pictures.write(root.resolve("images/a.png"), (byte) 'h', (byte) 'i');
        pair("sub/b", 1, 0, 1, 0);
        Pictures.write(root.resolve("labels/sub/b.jpg"), (byte) 1);
        pair("c", 1);
        Files.delete(root.resolve("labels/c.png"));
        Files.copy(
                Shared.file("data/bad_inputs/images/animated.gif"), root.resolve("images/d.gif")); // loads with a note
        ImageCheck.Report report = SegmentationCheck.folder(root, TWO, false);
        assertThat(report.images()).isEqualTo(4);
        assertThat(findings(TWO, false))
                .containsExactly(
                        "root/labels/sub/b.png: has the same name as b.jpg beside it",
                        "root/images/a.png: is not a picture: starts with the text \"hi\"",
                        "root/labels/a.png: pixel (0,0): has the label 9; with 2 classes only 0 to 1 and 255 are allowed",
                        "root/images/c.png: has no label map in "
                                + root.resolve("labels").toString().replace(root.toString(), "root"),
                        "root/images/d.gif: warning: " + note(),
                        "root/images/d.gif: has no label map in root/labels",
                        "root/labels/sub/b.jpg: is not a picture: starts with the bytes 01");
    }

    private static String note() {
        return ImageCheck.image(Shared.file("data/bad_inputs/images/animated.gif"))
                .findings()
                .get(0)
                .reason();
    }

    @Test
    void saysWhatAFolderLacks() throws IOException {
        assertThat(findings(TWO, false))
                .containsExactly(
                        "root: has no folder images; wanted are images and labels, with files of the same names");
        Files.createDirectory(root.resolve("images"));
        assertThat(findings(TWO, false).get(0)).startsWith("root: has no folder labels; wanted");
        Files.createDirectory(root.resolve("labels"));
        assertThat(findings(TWO, false)).containsExactly("root: holds no picture and no label map");
        assertThat(SegmentationCheck.folder(root, TWO, false).images()).isZero();
    }
}
