package io.vertebra.datasets.formats.voc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.datasets.Dataset;
import io.vertebra.datasets.DatasetException;
import io.vertebra.datasets.Instance;
import io.vertebra.datasets.Pictures;
import io.vertebra.datasets.Sample;
import io.vertebra.datasets.Shared;
import io.vertebra.datasets.decode.Finding;
import io.vertebra.datasets.decode.Finding.Severity;
import io.vertebra.datasets.decode.ImageCheck;
import io.vertebra.images.Box;
import io.vertebra.images.LabelMap;
import io.vertebra.images.Raster;
import io.vertebra.images.Size;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VocFormatTest {

    private static final String TWO = """
            <annotation><path>/home/nobody/x.jpg</path><filename>a.jpg</filename>
              <size><width>10</width><height>6</height></size>
              <object><name>dog</name><difficult>1</difficult>
                <part><name>head</name><bndbox><xmin>9</xmin><ymin>9</ymin><xmax>9</xmax><ymax>9</ymax></bndbox></part>
                <bndbox><xmin>2</xmin><ymin>1</ymin><xmax>4</xmax><ymax>3</ymax></bndbox></object>
              <object><bndbox><ymin>2</ymin><xmin> 8 </xmin><ymax>2</ymax><xmax>11.5</xmax></bndbox><name>cat</name></object>
            </annotation>
            """;

    private final VocFormat format = new VocFormat();

    @TempDir
    private Path root;

    private Path write(String file, String text) {
        return Pictures.write(root.resolve(file), text.getBytes(StandardCharsets.UTF_8));
    }

    private Dataset open(String set, String... classes) {
        return format.open(new VocFormat.Config(root.toString(), set, List.of(classes)));
    }

    private List<String> texts(ImageCheck.Report report) {
        return report.findings().stream()
                .map(finding -> finding.toString().replace(root.toString(), "root"))
                .toList();
    }

    @Test
    void countsCornersFromZeroAndCutsThem() {
        write("Annotations/a.xml", TWO);
        Dataset data = open(null);
        assertThat(data.classNames()).containsExactly("cat", "dog");
        List<Instance> objects = data.annotations(0).objects();
        assertThat(objects.stream().map(Instance::box)).containsExactly(new Box(1, 0, 4, 3), new Box(7, 1, 10, 2));
        assertThat(objects.stream().map(Instance::label)).containsExactly(1, 0);
        assertThat(objects.stream().map(Instance::id)).containsExactly(1L, 2L);
        assertThat(objects.stream().map(Instance::difficult)).containsExactly(true, false);
        assertThat(objects.get(0).area()).isEqualTo(9);
        assertThat(objects.get(0).crowd()).isFalse();
        assertThat(data.size(0)).contains(new Size(6, 10));
        assertThat(data.pixelClassNames()).isEmpty();
        assertThat(data.isLabelled()).isFalse();
        assertThat(data.label(0)).isZero();
        assertThat(open(null, "dog", "cow", "cat")
                        .annotations(0)
                        .objects()
                        .get(1)
                        .label())
                .isEqualTo(2);
    }

    @Test
    void takesTheSizeOfThePictureWhereNoneIsSaid() {
        write("Annotations/a.xml", TWO.replaceAll("<size>.*</size>", ""));
        Pictures.png(root.resolve("JPEGImages/a.png"), Pictures.smooth(6, 9, 3));
        Dataset data = open(null);
        assertThat(data.size(0)).isEmpty();
        Sample sample = data.load(0);
        assertThat(sample.id()).isEqualTo("a").isEqualTo(data.id(0));
        assertThat(sample.image()).isEqualTo(Pictures.smooth(6, 9, 3));
        assertThat(sample.annotations().objects().get(1).box()).isEqualTo(new Box(7, 1, 9, 2));
        assertThat(data.annotations(0)).isEqualTo(sample.annotations());
    }

    @Test
    void readsTheSamplesOfASet() {
        write("Annotations/a.xml", TWO);
        write("Annotations/b.xml", TWO.replace("dog", "cow"));
        write("ImageSets/Main/train.txt", "b  1\n\na -1\n");
        write("ImageSets/Segmentation/train.txt", "a\n");
        write("ImageSets/Segmentation/val.txt", "\uFEFFb\r\n");
        assertThat(ids(open("train"))).containsExactly("b", "a");
        assertThat(ids(open("Segmentation/train"))).containsExactly("a");
        assertThat(ids(open("val"))).containsExactly("b");
        assertThat(open("val").classNames()).containsExactly("cat", "cow", "dog"); // of the whole
        assertThat(ids(open(null))).containsExactly("a", "b");
    }

    private static List<String> ids(Dataset data) {
        return java.util.stream.IntStream.range(0, data.size())
                .mapToObj(data::id)
                .toList();
    }

    @Test
    void refusesSetsThatAreNotThere() {
        write("Annotations/a.xml", TWO);
        write("ImageSets/Main/gone.txt", "a\nb\n");
        write("ImageSets/Main/out.txt", "a\n../b\n");
        write("ImageSets/Main/none.txt", "\n");
        assertThatThrownBy(() -> open("gone"))
                .hasMessage(root + "/Annotations/b.xml: does not exist, though the set gone lists it");
        assertThatThrownBy(() -> open("out"))
                .hasMessage(root + "/ImageSets/Main/out.txt: line 2: '../b' lies outside the folder");
        assertThatThrownBy(() -> open("none")).hasMessage(root + "/ImageSets/Main/none.txt: lists nothing");
        assertThatThrownBy(() -> open("no")).hasMessage(root + "/ImageSets/Main/no.txt: does not exist");
        assertThatThrownBy(() -> open("../x")).hasMessage("set: ../x is not the name of a list");
        assertThatThrownBy(() -> open(null, "cat", "cat")).hasMessage("classes: a name stands twice in [cat, cat]");
    }

    @Test
    void refusesFoldersThatAreNone() throws IOException {
        assertThatThrownBy(() -> open(null))
                .hasMessage("path: " + root + " has neither a folder Annotations nor SegmentationClass in it");
        Files.createDirectory(root.resolve("Annotations"));
        assertThatThrownBy(() -> open(null)).hasMessage(root + ": holds no annotation");
        assertThat(texts(VocCheck.check(root, List.of()))).containsExactly("root: holds no annotation");
        assertThat(texts(VocCheck.check(root.resolve("Annotations"), List.of())))
                .containsExactly("root/Annotations: has neither a folder Annotations nor SegmentationClass in it");
        assertThat(texts(VocCheck.check(root.resolve("x.xml"), List.of())))
                .containsExactly("root/x.xml: does not exist");
        assertThat(format.config()).isEqualTo(VocFormat.Config.class);
    }

    @Test
    void loadingEndsAtAnObjectThatIsWrong() {
        write("Annotations/a.xml", TWO.replace("<xmin>2<", "<xmin>5<"));
        assertThatThrownBy(() -> open(null))
                .isInstanceOf(DatasetException.class)
                .hasMessage(root + "/Annotations/a.xml: object 1: xmin 5 > xmax 4");
        write("Annotations/a.xml", TWO);
        assertThatThrownBy(() -> open(null, "dog"))
                .hasMessage(root + "/Annotations/a.xml: object 2: unknown class 'cat'; the classes are dog");
        Pictures.png(root.resolve("JPEGImages/a.png"), Pictures.smooth(10, 6, 3));
        assertThatThrownBy(() -> open(null).load(0))
                .hasMessage(root + "/JPEGImages/a.png: is 6x10, but its annotation says 10x6");
        assertThatThrownBy(() -> format.open(new VocFormat.Config(root + "/no", null, null)))
                .hasMessage("path: " + root + "/no does not exist");
    }

    @Test
    void readsLabelMapsWhereThereAreSome() {
        byte[] values = new byte[60];
        values[0] = 8;
        values[1] = (byte) LabelMap.IGNORE;
        write("Annotations/a.xml", TWO);
        write("Annotations/b.xml", TWO);
        Pictures.png(root.resolve("SegmentationClass/a.png"), Raster.of(6, 10, 1, values));
        Pictures.png(root.resolve("JPEGImages/a.png"), Pictures.smooth(6, 10, 3));
        Dataset data = open(null);
        assertThat(data.classNames()).isEqualTo(VocFormat.NAMES).hasSize(20);
        assertThat(data.pixelClassNames()).hasSize(21).startsWith("background", "aeroplane");
        assertThat(data.load(0).annotations().labelMap()).contains(LabelMap.of(6, 10, values));
        assertThat(data.load(0).annotations().objects()).hasSize(2);
        assertThat(data.annotations(1).labelMap()).isEmpty();
        values[2] = 21;
        Pictures.png(root.resolve("SegmentationClass/a.png"), Raster.of(6, 10, 1, values));
        assertThatThrownBy(() -> data.annotations(0)).hasMessageContaining("a.png: pixel (2,0): has the label 21");
        assertThat(texts(VocCheck.check(root, List.of())))
                .anyMatch(text -> text.startsWith("root/SegmentationClass/a.png: pixel (2,0)"));
        write("Annotations/b.xml", TWO.replace("dog", "zebra"));
        assertThatThrownBy(() -> open(null)).hasMessageStartingWith("classes: is missing; the numbers in Segm");
    }

    @Test
    void labelMapsAloneWillDo() {
        Pictures.png(root.resolve("SegmentationClass/b.png"), Raster.of(2, 2, 1, new byte[] {0, 1, 2, 0}));
        Pictures.png(root.resolve("JPEGImages/b.png"), Pictures.smooth(2, 2, 3));
        write("ImageSets/Segmentation/val.txt", "b\n");
        assertThat(open("val").load(0).annotations().labelMap()).contains(LabelMap.of(2, 2, new byte[] {0, 1, 2, 0}));
        assertThat(open(null, "x", "y").annotations(0).objects()).isEmpty();
        assertThat(open(null, "x", "y").pixelClassNames()).containsExactly("background", "x", "y");
        assertThat(VocCheck.check(root, List.of()).findings()).isEmpty();
        assertThat(texts(VocCheck.check(root, List.of("x")))).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "<xmin>2< | <xmin>1e3< | object 1: xmin 1e3 > xmax 4",
                "<xmin>2< | <xmin>0x2< | object 1: xmin '0x2' is not a number",
                "<xmin>2< | <xmin>-Infinity< | object 1: xmin '-Infinity' is not finite or out of range",
                "<xmin>2< | <xmin>-1e9< | object 1: xmin '-1e9' is not finite or out of range",
                "<xmin>2< | <xmin>-1< | object 1: warning: the box leaves its image and is cut: x -1.0 to 4.0, y 1.0 to 3.0 in 10x6",
                "<xmin>2< | <xmin>0< | object 1: warning: xmin or ymin is 0, but VOC counts pixels from 1; are the boxes 0-based?",
                "<ymin>1</ymin><xmax>4< | <ymin>0</ymin><xmax>4< | object 1: warning: xmin or ymin is 0, but VOC counts pixels from 1; are the boxes 0-based?",
                "<ymin>1</ymin><xmax>4< | <ymin>-1</ymin><xmax>4< | object 1: warning: the box leaves its image and is cut: x 2.0 to 4.0, y -1.0 to 3.0 in 10x6",
                "<xmax>4< | <xmax>11< | ``",
                "<xmax>4< | <xmax>12< | object 1: warning: the box leaves its image and is cut: x 2.0 to 12.0, y 1.0 to 3.0 in 10x6",
                "</annotation> | <object><name>dog</name><bndbox><xmin>2</xmin><ymin>1</ymin><xmax>4</xmax><ymax>3</ymax></bndbox></object></annotation> | object 3: warning: nearly the same box as object 1 of its class (IoU 1.000)",
                "<xmax>4< | <xmax>2< | object 1: warning: degenerate box 2, 1, 2, 3, one pixel wide or high",
                "<ymax>3< | <ymax>8< | object 1: warning: the box leaves its image and is cut: x 2.0 to 4.0, y 1.0 to 8.0 in 10x6",
                "<ymax>3< | <ymax>7< | ``",
                "<bndbox> | <bndbox/><bndbox> | line 5: object 1 has two boxes",
                "<ymax>3</ymax> | `` | object 1: ymax missing",
                "<ymin>1</ymin><xmax>4</xmax><ymax>3< | <ymin>7</ymin><xmax>4</xmax><ymax>8< | object 1: the box lies outside its image: x 2.0 to 4.0, y 7.0 to 8.0 in 10x6",
                "<width>10< | <width>9.5< | warning: says the size 9.5x6; that of the picture is taken",
                "<width>10< | <width>1048577< | warning: says the size 1048577x6; that of the picture is taken",
                "<width>10</width> | `` | width missing",
                "a.jpg< | /a.jpg< | filename '/a.jpg' lies outside the folder of pictures",
                "<annotation> | <!--x--><annotation a=\"1\"> | ``",
                "<annotation> | <?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><annotation> | ``",
                "<annotation> | <?xml version=\"1.0\" encoding=\"none-such\"?><annotation> | is not none-such text",
            })
    void lintNamesTheObject(String part, String by, String message) {
        assertThat(TWO).contains(part);
        Path file = write("a.xml", TWO.replace(part, by));
        ImageCheck.Report report = VocCheck.check(file, List.of("cat", "dog"));
        assertThat(report.images()).isEqualTo(1);
        // object 2 is one pixel high and leaves the picture by a pixel and a half
        List<String> others = texts(report).stream()
                .filter(text -> !text.contains("object 2"))
                .map(text -> text.substring("root/a.xml: ".length()))
                .toList();
        assertThat(others).isEqualTo(message.isEmpty() ? List.of() : List.of(message));
    }

    @Test
    void lintLooksAtPicturesAndListsToo() {
        write("Annotations/a.xml", TWO.replace("11.5", "10").replace("<ymax>2<", "<ymax>3<"));
        write("Annotations/b.xml", TWO.replace("11.5", "10").replace("<ymax>2<", "<ymax>3<"));
        write("ImageSets/Main/train.txt", "a\nc\n");
        Pictures.png(root.resolve("JPEGImages/a.png"), Pictures.smooth(6, 9, 3));
        ImageCheck.Report report = VocCheck.check(root, List.of());
        assertThat(report.images()).isEqualTo(2);
        assertThat(texts(report))
                .containsExactly(
                        "root/Annotations/a.xml: says 10x6, its picture has 9x6",
                        "root/JPEGImages/b.jpg: does not exist",
                        "root/ImageSets/Main/train.txt: lists 'c', which has no annotation");
    }

    @Test
    void boundsDepthAndTexts() {
        String deep = "<annotation>" + "<a>".repeat(31) + "</a>".repeat(31) + "</annotation>";
        assertThat(VocCheck.check(write("a.xml", deep), List.of()).hasErrors()).isFalse();
        assertThat(texts(VocCheck.check(write("a.xml", deep.replace("<a></a>", "<a><a/></a>")), List.of())))
                .containsExactly("root/a.xml: line 1: nests more than 32 elements deep");
        assertThat(texts(VocCheck.check(write("a.xml", TWO.replace("a.jpg", "x".repeat(4096))), List.of())))
                .noneMatch(text -> text.contains("characters"));
        assertThat(texts(VocCheck.check(write("a.xml", TWO.replace("a.jpg", "x".repeat(4097))), List.of())))
                .containsExactly("root/a.xml: line 1: filename has more than 4096 characters");
        assertThat(texts(VocCheck.check(write("a.xml", TWO.replace(">dog<", ">&dog;<")), List.of())))
                .hasSize(1)
                .allMatch(text -> text.startsWith("root/a.xml: line 3"));
    }

    @Test
    void findsTheKnownFaultsOfBccd() { // the table in its README; objects are counted from 1 here
        ImageCheck.Report report = VocCheck.check(Shared.file("data/bccd"), List.of("RBC", "WBC", "Platelets"));
        assertThat(report.images()).isEqualTo(364);
        assertThat(report.findings()).allMatch(finding -> finding.severity() == Severity.WARNING);
        assertThat(report.findings().stream().map(VocFormatTest::kind))
                .containsExactlyInAnyOrder(
                        "BloodImage_00338 object 13 degenerate",
                        "BloodImage_00343 object 4 degenerate",
                        "BloodImage_00020 object 15 nearly",
                        "BloodImage_00100 object 3 nearly",
                        "BloodImage_00104 object 14 nearly",
                        "BloodImage_00251 object 8 nearly",
                        "BloodImage_00284 object 2 nearly",
                        "BloodImage_00331 object 3 nearly",
                        "BloodImage_00403 object 4 nearly");
    }

    private static String kind(Finding finding) {
        String file = Path.of(finding.file()).getFileName().toString();
        return file.replace(".xml", "") + " " + finding.position() + " "
                + finding.reason().split(" ", 2)[0];
    }

    @ParameterizedTest
    @CsvSource({"train, 205, 2382, 214, 209", "val, 87, 968, 87, 83", "test, 72, 805, 71, 69", ", 364, 4155, 372, 361"})
    void readsBccd(String set, int samples, int red, int white, int platelets) {
        Dataset data = format.open(
                new VocFormat.Config(Shared.file("data/bccd").toString(), set, List.of("RBC", "WBC", "Platelets")));
        int[] counts = new int[3];
        for (int i = 0; i < data.size(); i++) {
            data.annotations(i).objects().forEach(object -> counts[object.label()]++);
        }
        assertThat(data.size()).isEqualTo(samples);
        assertThat(counts).containsExactly(red, white, platelets);
    }

    @Test
    void readsTheSampleOfVoc2012() {
        Path folder = Shared.file("data/voc_sample/VOCdevkit/VOC2012");
        Dataset data = format.open(new VocFormat.Config(folder.toString(), "trainval", null));
        assertThat(ids(data)).containsExactly("2011_000003", "2011_000006", "2011_000025");
        Sample sample = data.load(0);
        LabelMap map = sample.annotations().labelMap().orElseThrow();
        for (Instance object : sample.annotations().objects()) { // boxes were made from the map, two pixels wider
            Box box = object.box();
            int count = 0;
            for (int y = (int) box.y1(); y < box.y2(); y++) {
                count += map.at(y, (int) box.x1() + 2) == object.label() + 1 ? 1 : 0;
                count += map.at(y, (int) box.x2() - 3) == object.label() + 1 ? 1 : 0;
            }
            assertThat(count).as(object.toString()).isPositive();
        }
        assertThat(VocCheck.check(folder, List.of()).findings()).isEmpty();
    }

    @Test
    void unlistableFoldersAreToldByTheLint() {
        assertThatThrownBy(() -> new VocFolder(root.resolve("no")).all()).isInstanceOf(UncheckedIOException.class);
    }
}
