package io.vertebra.datasets.formats.yolo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.datasets.Dataset;
import io.vertebra.datasets.DatasetException;
import io.vertebra.datasets.Instance;
import io.vertebra.datasets.Pictures;
import io.vertebra.datasets.decode.ImageCheck;
import io.vertebra.images.Box;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class YoloFormatTest {

    private final YoloFormat format = new YoloFormat();

    @TempDir
    private Path root;

    @BeforeEach
    void writePictures() {
        Pictures.png(root.resolve("images/train/a.b.png"), Pictures.smooth(20, 40, 3));
        Pictures.png(root.resolve("images/val/c.png"), Pictures.smooth(10, 10, 3));
        write("labels/train/a.b.txt", "1 0.5 0.5 0.2 0.3\n\n0 0 0 1 0.5\n0 0.25 0.5 0.5 1 0.5 0.5\n");
        write("classes.txt", "cat\ndog\n\n");
    }

    private Path write(String file, String text) {
        return Pictures.write(root.resolve(file), text.getBytes(StandardCharsets.UTF_8));
    }

    private Dataset open(String set, String... classes) {
        return format.open(new YoloFormat.Config(root.toString(), set, List.of(classes)));
    }

    private List<String> lint(Path path, String... classes) {
        return texts(YoloCheck.check(path, List.of(classes)));
    }

    private List<String> texts(ImageCheck.Report report) {
        return report.findings().stream()
                .map(finding -> finding.toString().replace(root.toString(), "root"))
                .toList();
    }

    private static List<String> ids(Dataset data) {
        return IntStream.range(0, data.size()).mapToObj(data::id).toList();
    }

    @Test
    void scalesBoxesToThePicture() {
        Dataset data = open("train");
        assertThat(ids(data)).containsExactly("train/a.b.png");
        assertThat(data.classNames()).containsExactly("cat", "dog");
        assertThat(data.isLabelled()).isFalse();
        assertThat(data.label(0)).isZero();
        assertThat(data.load(0).image()).isEqualTo(Pictures.smooth(20, 40, 3));
        assertThat(data.load(0).id()).isEqualTo("train/a.b.png");
        List<Instance> objects = data.annotations(0).objects();
        assertThat(objects.stream().map(Instance::id)).containsExactly(1L, 3L, 4L);
        assertThat(objects.stream().map(Instance::label)).containsExactly(1, 0, 0);
        assertThat(corners(objects.get(0).box())).containsExactly(new float[] {16, 7, 24, 13}, within(1e-5f));
        assertThat(objects.get(1).box()).isEqualTo(new Box(0, 0, 20, 5));
        assertThat(objects.get(1).area()).isEqualTo(100);
        assertThat(objects.get(1).mask()).isEmpty();
        // the triangle (10, 10), (20, 20), (20, 10)
        assertThat(objects.get(2).box()).isEqualTo(new Box(10, 10, 20, 20));
        assertThat(objects.get(2).mask().orElseThrow().area()).isBetween(45, 55);
    }

    private static float[] corners(Box box) {
        return new float[] {box.x1(), box.y1(), box.x2(), box.y2()};
    }

    @Test
    void takesAllPicturesASetOrAList() {
        assertThat(ids(open(null))).containsExactly("train/a.b.png", "val/c.png");
        assertThat(open("val").annotations(0).objects()).isEmpty();
        write("mine.txt", "images/val/c.png\n\nimages/train/a.b.png\n");
        assertThat(ids(open("mine.txt"))).containsExactly("val/c.png", "train/a.b.png");
        write("mine.txt", "images/val/c.png\n../x.png\n");
        assertThatThrownBy(() -> open("mine.txt"))
                .hasMessage(root + "/mine.txt: line 2: '../x.png' lies outside the folder");
        write("mine.txt", "labels/a.png\n");
        assertThatThrownBy(() -> open("mine.txt"))
                .hasMessage(root + "/mine.txt: line 1: 'labels/a.png' is no picture below images/");
        write("mine.txt", "images/a\n");
        assertThatThrownBy(() -> open("mine.txt"))
                .hasMessage(root + "/mine.txt: line 1: 'images/a' is no picture below images/");
        write("mine.txt", "\n");
        assertThatThrownBy(() -> open("mine.txt")).hasMessage(root + "/mine.txt: lists nothing");
        assertThatThrownBy(() -> open("test")).hasMessage(root + "/images/test: does not exist");
        assertThatThrownBy(() -> open("../x")).hasMessage("set: ../x is no folder or list within path");
    }

    @Test
    void refusesFoldersWithoutPictures() throws IOException {
        Files.createDirectories(root.resolve("images/none"));
        write("images/file", "");
        assertThatThrownBy(() -> open("none")).hasMessage(root + "/images/none: holds no picture");
        assertThatThrownBy(() -> open("file")).hasMessage(root + "/images/file: is not a folder");
        assertThatThrownBy(() -> format.open(new YoloFormat.Config(root + "/images", null, List.of("a"))))
                .hasMessage("path: " + root + "/images has no folder images in it");
        assertThat(format.config()).isEqualTo(YoloFormat.Config.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "names: [cat, 'big dog', \"x\"] # three | cat, big dog, x",
                "nc: 2\\nnames:\\n  - cat # a\\n  - dog\\ntrain: images | cat, dog",
                "names:\\n  0: cat\\n\\n  # more\\n  1: 'dog'\\nval: x | cat, dog",
                "names:\\n  0: cat\\n  2: dog\\n | cat",
            })
    void readsNamesFromYaml(String yaml, String names) throws IOException {
        Files.delete(root.resolve("classes.txt"));
        write("data.yaml", yaml.replace("\\n", "\n"));
        assertThat(format.classNames(new YoloFormat.Config(root.toString(), null, null)))
                .containsExactly(names.split(", "));
    }

    @Test
    void namesComeFromTheSettingThenTheFilesThenNowhere() throws IOException {
        YoloFormat.Config config = new YoloFormat.Config(root.toString(), null, null);
        assertThat(open(null, "x", "y").classNames()).containsExactly("x", "y");
        assertThat(format.classNames(config)).containsExactly("cat", "dog");
        Files.delete(root.resolve("classes.txt"));
        write("labels/classes.txt", "bird\n");
        assertThat(format.classNames(config)).containsExactly("bird");
        Files.delete(root.resolve("labels/classes.txt"));
        assertThatThrownBy(() -> format.classNames(config))
                .hasMessage("classes: is missing; " + root + " has no classes.txt or data.yaml with their names");
        write("data.yaml", "nc: 3\n");
        assertThatThrownBy(() -> format.classNames(config))
                .hasMessage(root + "/data.yaml: has no names of classes that are understood");
        assertThatThrownBy(() -> open(null, "x", "x")).hasMessage("classes: a name stands twice in [x, x]");
    }

    @Test
    void loadingEndsAtALineThatIsWrong() {
        write("labels/train/a.b.txt", "1 0.5 0.5 0.2 0.3\n2 0.5 0.5 0.2 0.3\n");
        assertThatThrownBy(() -> open("train").load(0))
                .isInstanceOf(DatasetException.class)
                .hasMessage(root + "/labels/train/a.b.txt: line 2: class 2, but there are only 2 classes, from 0 on");
        assertThat(open("train", "a", "b", "c").load(0).annotations().objects()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "0 0.5 0.5 0.2 | line 1: needs 5 numbers, has 4",
                "0 0.5 -0.1 0.2 0.2 | line 1: centre y -0.1 lies outside 0 to 1",
                "0 0.5 0.5 0.2 -0.2 | line 1: height -0.2 is negative",
                "0 0.5 0.5 0.2 1.5 | line 1: height 1.5 lies outside 0 to 1",
                "0 0.5 0.5 0.2 2 | line 1: height 2 lies outside 0 to 1; is it in pixels, not normalised?",
                "0 0.5 0.5 0.2 x | line 1: height 'x' is not a number",
                "0 0.5 0.5 -inf 0.5 | line 1: width is not finite",
                "1e300 0.5 0.5 0.5 0.5 | line 1: class 1e300 is not a whole number",
                "0 | line 1: needs 5 numbers, has 1",
                "0,0.5,0.5,0.2,0.2 | line 1: is separated by commas; YOLO separates by blanks",
                "0, 0.5 | line 1: needs 5 numbers, has 2",
                "0 0.5 0.5 0.2 0.2 0.9 | line 1: has 6 numbers; this looks like a prediction with its score",
                "cat 0.5 0.5 0.2 0.2 | line 1: class 'cat' is not a number",
                "-1 0.5 0.5 0.2 0.2 | line 1: class -1 is negative",
                "2147483647 0.5 0.5 0.2 0.2 | line 1: class 2147483647, but there are only 2 classes, from 0 on",
                "0 0.5 0.5 -0.2 0.2 | line 1: width -0.2 is negative",
                "0 0 0 1 0.5 1 1 0.5 | line 1: has the odd number of 7 polygon coordinates",
                "0 0.5 0.5 0.2 0 | line 1: warning: the box has no area and is left out",
                "0 0.5 0.5 1.0 1.0 | ``",
                "0 0.5 0.4995 0.5 1 | ``",
                "0 0.5 0.5 1 1 0.5 0.5 | line 1: warning: is a polygon; its box is taken",
                "0 0.5 0.5 1 0.5 0.7 0.5 | line 1: warning: the polygon has no area and is left out",
                "0 0.5 0.1 0.5 0.2 0.5 0.3 | line 1: warning: the polygon has no area and is left out",
                "0 0.5 0.5 1 1 0.5 1.5 | line 1: coordinate 6 1.5 lies outside 0 to 1",
                "0 0.5 0.05 0.2 0.2 | line 1: warning: the box leaves the picture and is cut: x 0.4000 to 0.6000, y -0.0500 to 0.1500",
                "0 0.05 0.5 0.2 0.2 | line 1: warning: the box leaves the picture and is cut: x -0.0500 to 0.1500, y 0.4000 to 0.6000",
                "0 0.5 0.95 0.2 0.2 | line 1: warning: the box leaves the picture and is cut: x 0.4000 to 0.6000, y 0.8500 to 1.0500",
            })
    void lintNamesTheLine(String line, String message) {
        List<String> found = lint(write("x.txt", line + "\n"), "cat", "dog");
        assertThat(found).isEqualTo(message.isEmpty() ? List.of() : List.of("root/x.txt: " + message));
    }

    @Test
    void aBoxStandsOnce() {
        String box = "0 0.5 0.5 0.2 0.2\n";
        assertThat(lint(write("x.txt", box + box + "1" + box.substring(1))))
                .containsExactly("root/x.txt: line 2: warning: says the same as an earlier line and is left out");
        assertThat(lint(write("x.txt", box + box.replace("0.2\n", "0.3\n")))).isEmpty();
    }

    @Test
    void aBoxWithoutAPixelIsNoObject() {
        write("labels/train/a.b.txt", "1 1 0.5 1e-9 0.3\n0 0.5 0.5 0.2 0.3\n");
        assertThat(open("train").load(0).annotations().objects())
                .extracting(Instance::id)
                .containsExactly(2L);
    }

    @Test
    void lintLooksAtPairs() {
        write("labels/train/z.txt", "");
        write("labels/classes.txt", "cat\n");
        write("labels/train/a.b.txt", "1 0.5 0.5 0.2 0.3\n1 0.5 0.5 0.2 0.301\n5 0.5 0.5 0.2 0.3");
        write("images/val/c.png", "no picture");
        ImageCheck.Report report = YoloCheck.check(root, List.of());
        assertThat(report.images()).isEqualTo(2);
        assertThat(texts(report))
                .containsExactly(
                        "root/labels/train/a.b.txt: line 3: class 5, but there are only 2 classes, from 0 on",
                        "root/labels/train/a.b.txt: line 2: warning: nearly the same box as line 1 of its class (IoU 0.997)",
                        "root/images/val/c.png: is not a picture: starts with the text \"no picture\"",
                        "root: warning: 1 of 2 pictures have no text file: they count as without objects",
                        "root/labels/train/z.txt: warning: there is no picture of this name");
        assertThat(lint(root, "a", "b", "c", "d", "e", "f")).hasSize(4);
    }

    @Test
    void lintKnowsFoldersWithoutLabelsOrNames() throws IOException {
        Files.delete(root.resolve("classes.txt"));
        write("labels/train/a.b.txt", "77 0.5 0.5 0.2 0.3");
        write("labels/val/c.txt", "");
        assertThat(lint(root)).isEmpty();
        write("data.yaml", "names: x");
        assertThat(lint(root)).containsExactly("root/data.yaml: has no names of classes that are understood");
        assertThat(lint(root.resolve("labels"))).containsExactly("root/labels/images: does not exist");
        Files.createDirectories(root.resolve("new"));
        Files.move(root.resolve("images"), root.resolve("new/images"));
        assertThat(lint(root.resolve("new")))
                .containsExactly(
                        "root/new: warning: 2 of 2 pictures have no text file: they count as without objects",
                        "root/new/labels: does not exist");
    }
}
