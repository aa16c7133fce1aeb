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
                "<size><width>50</width><height>60</height></size><object><name> dog </name>" + parts + "<bndbox>" + BOX
                        + "</bndbox>" + parts + "</object><!-- - -->" + OBJECT.formatted("cat", 1, BOX));
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
        "../../x, line 1, '''../../x'' lies outside the folder'",
        "../x, line 1, '''../x'' lies outside the folder'",
        "/x, line 1, '''/x'' lies outside the folder'"
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
        assertThat(refused()).hasMessage(list + ": lists 'a' twice");
        Files.writeString(list, "\n");
        assertThat(refused()).hasMessage(list + ": lists nothing");
        Files.writeString(list, "c\n");
        assertThat(refused()).hasMessage(folder.resolve("Annotations/c.xml") + ": does not exist");
        Files.write(list, new byte[] {(byte) 0xFF, 'a'});
        assertThat(refused()).hasMessage(list + ": is not UTF-8 text");
    }

    @ParameterizedTest
    @CsvSource({
        "<object><bndbox/></object>, object 1, its name is empty",
        "<object><name>cat</name></object>, object 1, bndbox missing",
        "<object><name>cat</name><bndbox><xmin>1</xmin></bndbox></object>, object 1, ymin missing",
        "<object><name>cat</name><bndbox><xmin>1e400</xmin></bndbox></object>, object 1, xmin '1e400' is not finite or out of range",
        "<page>, line 1, is not well-formed XML: "
    })
    void refusesAnnotationsWithoutSense(String content, String position, String reason) throws IOException {
        annotate("a", content);
        assertThat(refused().reason()).startsWith(reason.strip());
        assertThat(refused().position()).startsWith(position);
        assertThat(refused().file()).endsWith("a.xml");
    }

    @Test
    void keepsCornersAsTheyAreWritten() throws IOException {
        String box = "<xmin>1.1</xmin><ymin>0.3</ymin><xmax>16777217</xmax><ymax>16777217.1</ymax>"; // no floats
        annotate("a", OBJECT.formatted("cat", 0, box));
        assertThat(VocFiles.truth(folder, "val").get("a"))
                .containsExactly(new VocObject("cat", new VocBox(1.1, 0.3, 16777217, 16777217.1), false));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"billion_laughs", "external_dtd", "external_entity", "parameter_entity", "quadratic_blowup"})
    void refusesDocumentTypes(String name) throws IOException {
        Files.copy(
                Shared.path("data/bad_inputs/voc/" + name + ".xml"),
                folder.resolve("Annotations/a.xml"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assertThat(refused().reason()).isEqualTo("a DOCTYPE is not allowed");
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
