package io.vertebra.datasets.decode;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertebra.datasets.Pictures;
import io.vertebra.datasets.Shared;
import io.vertebra.images.Raster;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ImageCheckTest {

    private static final Raster RED = Pictures.plain(2, 3, 255, 0, 0);

    @TempDir
    private Path root;

    static Stream<JsonNode> badImages() {
        return StreamSupport.stream(Shared.json("data/bad_inputs/manifest.json").spliterator(), false)
                .filter(row -> row.get("file").asText().startsWith("images/"));
    }

    @ParameterizedTest(name = "{index}")
    @MethodSource("badImages")
    void judgesBrokenAndSurprisingFiles(JsonNode row) {
        Path file = Shared.file("data/bad_inputs/" + row.get("file").asText());
        ImageCheck.Report report = ImageCheck.image(file);
        switch (row.get("expect").asText()) {
            case "accept" ->
                assertThat(report.hasErrors()).as(report.toString()).isFalse();
            case "reject" -> assertThat(report.hasErrors()).as(row.toString()).isTrue();
            default -> assertThat(report.findings()).as(row.toString()).isNotEmpty();
        }
        for (Finding finding : report.findings()) {
            assertThat(finding.toString())
                    .contains(file.getFileName().toString())
                    .hasSizeLessThan(400)
                    .hasLineCount(1);
        }
    }

    @Test
    void saysWhatIsWrongWithThem() {
        String folder = Shared.file("data/bad_inputs/images") + "/";
        List<String> messages = new ArrayList<>();
        badImages()
                .flatMap(row ->
                        ImageCheck.image(
                                Shared.file("data/bad_inputs/" + row.get("file").asText()))
                                .findings()
                                .stream())
                .forEach(finding -> messages.add(finding.toString().replace(folder, "")));
        Messages.check("bad_images.txt", messages);
    }

    private List<String> image(Path path) {
        return texts(ImageCheck.image(path));
    }

    private List<String> texts(ImageCheck.Report report) {
        return report.findings().stream()
                .map(finding -> finding.toString().replace(root.toString(), "root"))
                .toList();
    }

    @Test
    void checksEveryPictureOfADirectory() {
        Pictures.png(root.resolve("a/ok.png"), RED);
        Pictures.write(root.resolve("b/x.jpg"), (byte) 'h', (byte) 'i');
        Pictures.write(root.resolve("notes.txt"), (byte) 'h');
        ImageCheck.Report report = ImageCheck.image(root);
        assertThat(report.images()).isEqualTo(2);
        assertThat(texts(report)).containsExactly("root/b/x.jpg: is not a picture: starts with the text \"hi\"");
        assertThat(report.hasErrors()).isTrue();
        assertThat(image(root.resolve("none.jpg"))).containsExactly("root/none.jpg: does not exist");
    }

    @Test
    void checksListsLineByLine() throws IOException {
        Pictures.png(root.resolve("list/a b.png"), RED);
        Path list = root.resolve("list/pictures.txt");
        Files.writeString(
                list, "\uFEFFa b.png\r\n\r\nsub/../a b.png\n../x.png\nnone.png\n   \na b.png", StandardCharsets.UTF_8);
        ImageCheck.Report report = ImageCheck.image(list);
        assertThat(report.images()).isEqualTo(4);
        assertThat(texts(report))
                .containsExactly(
                        "root/list/pictures.txt: line 4: ../x.png lies outside the list's folder",
                        "root/list/none.png: does not exist");
        Files.writeString(list, "\n \n");
        assertThat(image(list)).containsExactly("root/list/pictures.txt: lists no picture");
        assertThat(image(root.resolve("none.txt"))).containsExactly("root/none.txt: does not exist");
    }

    @Test
    void checksFoldersByClass() throws IOException {
        assertThat(texts(ImageCheck.folder(root)))
                .containsExactly("root: has no folder in it; format folder wants one folder a class");
        assertThat(texts(ImageCheck.folder(root.resolve("none")))).containsExactly("root/none: does not exist");
        Path file = Files.writeString(root.resolve("file.txt"), "");
        assertThat(texts(ImageCheck.folder(file))).containsExactly("root/file.txt: is not a folder");
        Pictures.png(root.resolve("ant/1.png"), RED);
        Files.createDirectory(root.resolve("bee"));
        Pictures.write(root.resolve("cow/1.png"));
        ImageCheck.Report report = ImageCheck.folder(root);
        assertThat(report.images()).isEqualTo(2);
        assertThat(texts(report)).containsExactly("root/bee: holds no picture", "root/cow/1.png: is empty");
    }

    @Test
    void tellsOfPicturesWhoseFormatIsNotRead() throws IOException {
        Pictures.png(root.resolve("ant/1.PNG"), RED);
        for (String name : List.of("ant/b.heic", "ant/trip/a.HEIC", "ant/c.avif", "ant/notes.txt", "ant/.d.heic")) {
            Files.createDirectories(root.resolve(name).getParent());
            Files.writeString(root.resolve(name), "");
        }
        String advice = ": this format is not read; save as jpg or png";
        for (ImageCheck.Report report : List.of(ImageCheck.folder(root), ImageCheck.image(root.resolve("ant")))) {
            assertThat(report.images()).isEqualTo(1);
            assertThat(report.hasErrors()).isFalse();
            assertThat(texts(report))
                    .containsExactly(
                            "root/ant: warning: 1 of .avif left out, c.avif the first" + advice,
                            "root/ant: warning: 2 of .heic left out, b.heic the first" + advice);
        }
    }

    @Test
    void warningsAreNoErrors() {
        ImageCheck.Report report = ImageCheck.image(Shared.file("data/bad_inputs/images/animated.gif"));
        assertThat(report.hasErrors()).isFalse();
        assertThat(report.findings()).hasSize(1);
        assertThat(report.findings().get(0).severity()).isEqualTo(Finding.Severity.WARNING);
    }
}
