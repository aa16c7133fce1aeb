package io.vertebra.tasks.metrics.voc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.datasets.DatasetException;
import io.vertebra.tasks.metrics.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VocFilesTest {

    private static final String OBJECT = "<object><name>%s</name><difficult>%s</difficult><bndbox>%s</bndbox></object>";
    private static final String BOX = "<xmin>1</xmin><ymin>2</ymin><xmax>30</xmax><ymax>40.5</ymax>";

    @TempDir
    Path folder;

    @BeforeEach
    void folders() throws IOException {
        Files.createDirectories(folder.resolve("ImageSets/Main"));
        Files.createDirectories(folder.resolve("Annotations"));
        Files.createDirectories(folder.resolve("results"));
        Files.writeString(folder.resolve("ImageSets/Main/val.txt"), "a\n\nb  1\n");
        annotate("a", OBJECT.formatted("cat", 1, BOX));
        annotate("b", "");
    }

    private void annotate(String id, String content) throws IOException {
        Files.writeString(folder.resolve("Annotations/" + id + ".xml"), "<annotation>" + content + "</annotation>");
    }

    private DatasetException refused() {
        return org.assertj.core.api.Assertions.catchThrowableOfType(
                DatasetException.class, () -> VocFiles.truth(folder, "val"));
    }

    @Test
    void readsObjectsAndPassesOverTheirParts() throws IOException {
        String parts =
                "<part><name>head</name><bndbox><xmin>7</xmin><ymin>7</ymin><xmax>8</xmax><ymax>8</ymax></bndbox></part>";
        annotate(
                "a",
                "<size><width>50</width></size><object><name> dog </name>" + parts + "<bndbox>" + BOX + "</bndbox>"
                        + parts + "</object><!-- - -->" + OBJECT.formatted("cat", 1, BOX));
        Map<String, List<VocObject>> truth = VocFiles.truth(folder, "val");
        VocBox box = new VocBox(1, 2, 30, 40.5);
        assertThat(truth.keySet()).containsExactly("a", "b");
        assertThat(truth.get("a")).containsExactly(new VocObject("dog", box, false), new VocObject("cat", box, true));
        assertThat(truth.get("b")).isEmpty();
    }

    @Test
    void namesTheListsThatThereAre() throws IOException {
        Files.writeString(folder.resolve("ImageSets/Main/cat_val.txt"), "a 1\n");
        assertThatThrownBy(() -> VocFiles.truth(folder, "test"))
                .isInstanceOf(DatasetException.class)
                .hasMessageEndingWith("test.txt: does not exist; there are val");
        assertThatThrownBy(() -> VocFiles.truth(folder.resolve("results"), "test"))
                .hasMessageEndingWith("test.txt: does not exist; no set is listed beside it");
    }

    @ParameterizedTest
    @CsvSource({
        "../../x, line 1, ../../x is no name of a picture",
        ".., line 1, .. is no name of a picture",
        "a\\x, line 1, a\\x is no name of a picture"
    })
    void refusesListsThatLeadElsewhere(String text, String position, String reason) throws IOException {
        Files.writeString(folder.resolve("ImageSets/Main/val.txt"), text);
        assertThat(refused().position()).isEqualTo(position);
        assertThat(refused().reason()).isEqualTo(reason);
    }

    @Test
    void refusesListsThatNameAPictureTwiceOrNotAtAllOrOneThatIsNotThere() throws IOException {
        Path list = folder.resolve("ImageSets/Main/val.txt");
        Files.writeString(list, "a\nb\na\n");
        assertThat(refused()).hasMessage(list + ": line 3: a stands in the list twice");
        Files.writeString(list, "\n");
        assertThat(refused()).hasMessage(list + ": lists no picture");
        Files.writeString(list, "c\n");
        assertThat(refused()).hasMessage(folder.resolve("Annotations/c.xml") + ": does not exist");
        Files.write(list, new byte[] {(byte) 0xFF, 'a'});
        assertThat(refused()).hasMessage(list + ": is no UTF-8 text");
    }

    @ParameterizedTest
    @CsvSource({
        "<object><bndbox/></object>, has an object without a name",
        "<object><name> </name></object>, has an object without a name",
        "<object><name>cat</name></object>, has an object cat without a box whose corners are in order",
        "<object><name>cat</name><bndbox><xmin>1</xmin></bndbox></object>, has an object cat without a box whose corners are in order",
        "<object><name>cat</name><bndbox><xmin>1e400</xmin></bndbox></object>, xmin is not finite",
        "<object><name>cat</name><difficult>no</difficult></object>, difficult is no number",
        "<object>, is no well-formed XML",
        "&other;, is no well-formed XML"
    })
    void refusesAnnotationsWithoutSense(String content, String reason) throws IOException {
        annotate("a", content);
        assertThat(refused().reason()).isEqualTo(reason);
        assertThat(refused().position()).isEqualTo("line 1");
        assertThat(refused().file()).endsWith("a.xml");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<xmin>31</xmin><ymin>2</ymin><xmax>30</xmax><ymax>40</ymax>",
                "<xmin>1</xmin><ymin>41</ymin><xmax>30</xmax><ymax>40</ymax>"
            })
    void refusesBoxesInTheWrongOrder(String box) throws IOException {
        annotate("a", OBJECT.formatted("cat", 0, box));
        assertThat(refused().reason()).isEqualTo("has an object cat without a box whose corners are in order");
    }

    @Test
    void boundsDepthAndText() throws IOException {
        annotate("a", "<a>".repeat(63) + "</a>".repeat(63));
        assertThat(VocFiles.truth(folder, "val").get("a")).isEmpty();
        annotate("a", "<a>".repeat(64) + "</a>".repeat(64));
        assertThat(refused().reason()).isEqualTo("is nested deeper than 64");
        annotate("a", "<a>" + "x".repeat(4097) + "</a>");
        assertThat(refused().reason()).isEqualTo("has a text of more than 4096 characters");
        Files.writeString(folder.resolve("Annotations/a.xml"), "<page/>");
        assertThat(refused().reason()).isEqualTo("begins with page, an annotation begins with annotation");
        Files.write(folder.resolve("Annotations/a.xml"), new byte[(16 << 20) + 1]);
        assertThat(refused().reason()).isEqualTo("has more than 16 MiB");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"billion_laughs", "external_dtd", "external_entity", "parameter_entity", "quadratic_blowup"})
    void refusesDocumentTypes(String name) throws IOException {
        Files.copy(
                Shared.path("data/bad_inputs/voc/" + name + ".xml"),
                folder.resolve("Annotations/a.xml"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assertThat(refused().reason()).isEqualTo("has a document type, which is not read");
    }

    @Test
    void readsResultsInTheirOrder() throws IOException {
        Map<String, List<VocObject>> truth = VocFiles.truth(folder, "val");
        Path results = folder.resolve("results");
        Files.writeString(results.resolve("comp4_det_test_cat.txt"), "b 0.5 1 2 3 4.5\n\na  -1e-3 0 0 9 9 \n");
        Files.writeString(results.resolve("comp4_det_test_dog.txt"), "");
        Files.writeString(results.resolve("comp4_det_test_notes.md"), "no results");
        Files.writeString(results.resolve("other.txt"), "no results either");
        assertThat(VocFiles.results(results, truth))
                .isEqualTo(Map.of(
                        "cat",
                        List.of(
                                new VocDetection("b", 0.5, new VocBox(1, 2, 3, 4.5)),
                                new VocDetection("a", -1e-3, new VocBox(0, 0, 9, 9))),
                        "dog",
                        List.of()));
    }

    @ParameterizedTest
    @CsvSource({
        "b 0.5 1 2 3, has 5 words; a line is image score xmin ymin xmax ymax",
        "c 0.5 1 2 3 4, c is no picture of the truth",
        "b x 1 2 3 4, x is no number",
        "b 0.5 1 2 3 NaN, NaN is no number",
        "b 0.5 1 2 1e999 4, 1e999 is no number"
    })
    void refusesResultsWithoutSense(String line, String reason) throws IOException {
        Map<String, List<VocObject>> truth = VocFiles.truth(folder, "val");
        Path file = folder.resolve("results/comp4_det_test_cat.txt");
        Files.writeString(file, "a 0.5 1 2 3 4\n" + line + "\n");
        assertThatThrownBy(() -> VocFiles.results(file.getParent(), truth))
                .isInstanceOf(DatasetException.class)
                .hasMessage(file + ": line 2: " + reason);
    }

    @Test
    void wantsAFileOfResults() {
        assertThatThrownBy(() -> VocFiles.results(folder.resolve("results"), Map.of()))
                .hasMessage(folder.resolve("results") + ": holds no file comp4_det_test_<class>.txt");
        assertThatThrownBy(() -> VocFiles.results(folder.resolve("absent"), Map.of()))
                .isInstanceOf(DatasetException.class);
    }
}
