package io.vertebra.datasets.formats.coco;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertebra.datasets.Instance;
import io.vertebra.images.Box;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One small file, in which one thing is changed. */
class CocoCheckTest {

    private static final String SMALL = """
            {"images": [{"id": 1, "file_name": "a.png", "height": 6, "width": 10}, {"id": 4, "file_name": "b.png", "height": 5, "width": 7}],
            "categories": [{"id": 2, "name": "cup"}, {"id": 5, "name": "comb"}],
            "annotations": [{"id": 3, "image_id": 1, "category_id": 2, "bbox": [1, 1, 4, 3], "area": 9, "iscrowd": 0},
            {"id": 6, "image_id": 1, "category_id": 5, "bbox": [0, 0, 2, 2]}, {"id": 7, "image_id": 1, "category_id": 5, "bbox": [5, 0, 2, 2]}]}
            """;

    private static final String ONE_BOX = """
            {"images": [{"id": 1, "file_name": "a.png", "height": 6, "width": 10}], "categories": [{"id": 2, "name": "cup"}],
            "annotations": [{"id": 3, "image_id": 1, "category_id": 2, "bbox": %s}]}
            """;

    @TempDir
    private Path root;

    private Path write(byte... text) throws IOException {
        return Files.write(root.resolve("x.json"), text);
    }

    private Path write(String text) throws IOException {
        return write(text.getBytes(StandardCharsets.UTF_8));
    }

    /** All findings on a line, without the file's name. */
    private static String findings(Path file) {
        return CocoCheck.check(file).findings().stream()
                .map(finding -> finding.toString().substring(file.toString().length() + 2))
                .collect(Collectors.joining(" & "));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"id\": 3 | \"id\": 9223372036854775807 | ``",
                "\"id\": 3 | \"id\": 9223372036854775808 | annotations[0]: id is out of range",
                "\"id\": 3 | \"id\": 3.0 | annotation 3: warning: id is written as the fraction 3.0",
                "\"id\": 3 | \"id\": -9007199254740991.0 | annotation -9007199254740991: warning: id is written as the fraction -9.007199254740991E15",
                "\"id\": 3 | \"id\": 9007199254740992.0 | annotations[0]: id must be a whole number, is 9.007199254740992E15",
                "\"id\": 3 | \"id\": \"3\" | annotations[0]: id must be a whole number, is the text '3'",
                "\"id\": 3 | \"id\": \"1234567890123456789012345678901234567890\" | annotations[0]: id must be a whole number, is the text '1234567890123456789012345678901234567890'",
                "\"id\": 3 | \"id\": \"12345678901234567890123456789012345678901\" | annotations[0]: id must be a whole number, is the text '1234567890123456789012345678901234567890...'",
                "\"id\": 3 | \"id\": {\"id\": 8} | annotations[0]: id must be a whole number",
                "\"id\": 7 | \"id\": 3 | annotation 3: another annotation has the same id",
                "\"id\": 5 | \"id\": 5.0 | category 5: warning: id is written as the fraction 5.0",
                "\"id\": 7 | \"key\": 7 | annotations[2]: id missing",
                "\"id\": 5 | \"key\": 5 | categories[1]: id missing & annotation 6: category_id 5 does not exist & annotation 7: category_id 5 does not exist",
                "\"name\": \"comb\" | \"name\": null | category 5: name must be a text & annotation 6: category_id 5 does not exist & annotation 7: category_id 5 does not exist",
                "\"name\": \"comb\" | \"name\": \"cup\" | category 5: warning: an earlier category has the same name 'cup'",
                "\"b.png\" | {\"name\": \"b.png\"} | image 4: file_name must be a text",
                "\"file_name\": \"b.png\", | `` | image 4: file_name missing",
                "b.png | ../b.png | image 4: file_name '../b.png' lies outside the image folder",
                "\"height\": 5, \"width\": 7 | \"height\": 1, \"width\": 1048576 | ``",
                "\"height\": 5, \"width\": 7 | \"height\": 1048576, \"width\": 1 | ``",
                "\"height\": 5, \"width\": 7 | \"height\": 1048577, \"width\": 1 | image 4: has the invalid size 1x1048577",
                "\"height\": 5, \"width\": 7 | \"height\": null | image 4: height is null & image 4: width missing",
                "\"height\": 5, \"width\": 7 | \"height\": 1, \"width\": 0 | image 4: has the invalid size 0x1",
                "\"height\": 5, \"width\": 7 | \"height\": 32770, \"width\": 5461 | ``",
                "[1, 1, 4, 3] | null | annotation 3: bbox missing",
                "[1, 1, 4, 3] | [1, 1, 4] | annotation 3: bbox needs 4 numbers, has 3",
                "[1, 1, 4, 3] | [[1], 1, 4, 3] | annotation 3: bbox must hold numbers",
                "[1, 1, 4, 3] | [1, 1, -4, 3] | annotation 3: bbox has the negative width -4.0",
                "[1, 1, 4, 3] | [1, 1, 0, -3] | annotation 3: bbox has the negative height -3.0",
                "[1, 1, 4, 3] | [NaN, 1, 4, 3] | annotation 3: bbox is not finite or out of range",
                "[1, 1, 4, 3] | [-1e9, 1, 4, 3] | annotation 3: bbox is not finite or out of range",
                "[1, 1, 4, 3] | [1, 1, 4, 0] | annotation 3: warning: the box has no area and is left out",
                "[1, 1, 4, 3] | [10, 1, 4, 3], \"segmentation\": [] | annotation 3: the box lies outside its image: x 10.0 to 14.0, y 1.0 to 4.0 in 10x6",
                "\"area\": 9 | \"area\": 0 | ``",
                "\"area\": 9 | \"area\": NaN | annotation 3: area must be a finite number from 0 on",
                "\"area\": 9 | \"area\": {\"id\": 8} | annotation 3: area must be a finite number from 0 on",
                "\"iscrowd\": 0 | \"iscrowd\": \"1\" | annotation 3: iscrowd must be 0 or 1",
                "\"iscrowd\": 0 | \"iscrowd\": [1] | annotation 3: iscrowd must be 0 or 1",
                "\"iscrowd\": 0 | \"iscrowd\": 0, \"segmentation\": [[1, 1, 5, 1, 5, 3]] | ``",
                "\"iscrowd\": 0 | \"iscrowd\": 0, \"segmentation\": null | ``",
                "\"iscrowd\": 0 | \"iscrowd\": 0, \"segmentation\": [] | annotation 3: warning: segmentation is empty: the object has a box only",
                "\"iscrowd\": 0 | \"iscrowd\": 0, \"segmentation\": [5] | annotation 3: segmentation must be a list of polygons",
                "\"images\": [ | \"images\": [], \"images\": [ | has the key 'images' twice",
                "\"images\" | \"image\" | has no key 'images'",
                "\"categories\" | \"category\" | has no key 'categories'",
                "\"annotations\" | \"annotation\" | warning: has no key 'annotations'; without them nothing can be learnt or measured",
            })
    void tellsWhatIsWrong(String part, String by, String findings) throws IOException {
        assertThat(SMALL).contains(part);
        assertThat(findings(write(SMALL.replace(part, by)))).isEqualTo(findings == null ? "" : findings);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-1, -1, 12, 8 |",
                "-1.5, 1, 10.5, 3 | x -1.5 to 9.0, y 1.0 to 4.0",
                "1, -1.5, 4, 6.5 | x 1.0 to 5.0, y -1.5 to 5.0",
                "1, 1, 10.5, 3 | x 1.0 to 11.5, y 1.0 to 4.0",
                "1, 1, 4, 6.5 | x 1.0 to 5.0, y 1.0 to 7.5",
            })
    void boxesMayLeaveThePictureByOnePixelAtAnySide(String box, String left) throws IOException {
        assertThat(findings(write(ONE_BOX.formatted("[" + box + "]"))))
                .isEqualTo(
                        left == null
                                ? ""
                                : "annotation 3: warning: the box leaves its image and is cut: " + left + " in 10x6");
    }

    /** A box that leaves its picture as x, y, width, height and fits it as x1, y1, x2, y2. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[4, 3, 9, 5] | true",
                "[4, 3, 10, 6] | true",
                "[4, 3, 10.5, 6] | false",
                "[4, 3, 10, 6.5] | false",
                "[9, 3, 9, 6] | false",
                "[4, 3, 10, 3] | false",
            })
    void cornersInPlaceOfSizesAreNoticed(String box, boolean looksSo) throws IOException {
        String warning =
                "warning: the boxes look like x1, y1, x2, y2; COCO writes x, y, width, height (%s leave their image"
                        + " as these and fit it as those)";
        String one = findings(write(ONE_BOX.formatted(box)));
        assertThat(one).contains("annotation 3: warning: the box leaves its image and is cut");
        assertThat(one.contains(warning.formatted("1 of 1"))).isEqualTo(looksSo);

        String other = ", \"iscrowd\": 1}, {\"id\": %d, \"image_id\": 1, \"category_id\": 2, \"bbox\": ";
        String half = ONE_BOX.formatted(box + other.formatted(4) + "[0, 0, 2, 2]");
        assertThat(findings(write(half))).doesNotContain("look like");
        String most = ONE_BOX.formatted(box + other.formatted(4) + box + other.formatted(5) + "[0, 0, 2, 2]");
        assertThat(findings(write(most)).contains(warning.formatted("2 of 3"))).isEqualTo(looksSo);
    }

    @Test
    void saysThatNothingIsLeft() throws IOException {
        assertThat(findings(write(ONE_BOX.formatted("null"))))
                .isEqualTo("annotation 3: bbox missing & warning: has no annotation that can be used");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "UTF-8 | [] | has no object with images, annotations and categories but a list; this looks like a results file",
                "UTF-8 | 5 | has no object with images, annotations and categories",
                "UTF-8 | {} | has no key 'images'",
                "UTF-8 | {\"images\": } | line 1, column 12: is not JSON: Unexpected character ('}' (code 125)): expected a value",
                "UTF-8 | \uFEFF{\"images\": } | line 1, column 12: is not JSON: Unexpected character ('}' (code 125)): expected a value",
                "UTF-16 | {} | is not UTF-8",
                "UTF-16BE | {} | is not UTF-8",
                "UTF-16LE | {} | is not UTF-8",
                "UTF-32BE | {} | is not UTF-8",
                "ISO-8859-1 | {\u00FE} | is not UTF-8",
                "ISO-8859-1 | {}\u00FF | is not UTF-8",
                "UTF-8 | '' | is empty",
            })
    void aFileIsAnObjectInUtf8(String encoding, String text, String finding) throws IOException {
        assertThat(findings(write(text.getBytes(Charset.forName(encoding))))).isEqualTo(finding);
    }

    @Test
    void aFileIsPlain() {
        assertThat(findings(root)).isEqualTo("is a directory; give the annotation file");
        assertThat(findings(root.resolve("none"))).isEqualTo("does not exist");
        Path device = Path.of("/dev/null");
        assumeTrue(Files.exists(device), "this system has no /dev/null");
        assertThat(findings(device)).isEqualTo("is not a plain file");
    }

    @ParameterizedTest
    @CsvSource({"1, true", "1.0, true", "true, true", "0, false", "0.0, false", "false, false", "null, false"})
    void manyObjectsAreWrittenAsOneOrTrue(String value, boolean crowd) throws IOException {
        String one = "[1, 1, 4, 3], \"iscrowd\": %s, \"area\": 0";
        String two =
                one.formatted(value) + "}, {\"id\": 4, \"image_id\": 1, \"category_id\": 2, \"bbox\": [0, 0, 2, 2]";
        List<Instance> objects = CocoFile.read(write(ONE_BOX.formatted(two))).objects(0);
        assertThat(objects).extracting(Instance::crowd).containsExactly(crowd, false);
        assertThat(objects).extracting(Instance::area).containsExactly(0.0, 4.0);
    }

    /** Blanks count: a segmentation is read into memory whole. */
    @Test
    void aSegmentationTakesAtMost64Mebibytes() throws IOException {
        String annotation = ONE_BOX.formatted("[1, 1, 4, 3], \"segmentation\": [");
        int end = annotation.indexOf("}]}");
        byte[] start = annotation.substring(0, end).getBytes(StandardCharsets.UTF_8);
        byte[] text = new byte[start.length + (1 << 26) + 3];
        Arrays.fill(text, (byte) ' ');
        System.arraycopy(start, 0, text, 0, start.length);
        System.arraycopy("]}]}".getBytes(StandardCharsets.UTF_8), 0, text, text.length - 5, 4);
        assertThat(findings(write(text)))
                .isEqualTo("annotation 3: warning: segmentation is empty: the object has a box only");
        System.arraycopy(" ]}]}".getBytes(StandardCharsets.UTF_8), 0, text, text.length - 5, 5);
        assertThat(findings(write(text))).startsWith("annotation 3: segmentation takes more than 64 MiB");
    }

    /** More than the arrays of {@link CocoColumns} hold at first; of every column the first and the last values are looked at. */
    @Test
    void keepsAsManyAnnotationsAsThereAre() throws IOException {
        String annotations = IntStream.range(0, 2000)
                .mapToObj(i ->
                        "{\"id\": %d, \"image_id\": %d, \"category_id\": %d, \"bbox\": [%d, %d, 2, 2.5], \"area\": %d, \"iscrowd\": %d, \"segmentation\": %s}"
                                .formatted(
                                        5000 + i,
                                        i % 2 == 0 ? 1 : 4,
                                        i % 3 == 0 ? 2 : 5,
                                        i % 5,
                                        i % 2,
                                        i + 1,
                                        i % 7 == 0 ? 1 : 0,
                                        i % 2 == 0
                                                ? "{\"size\": [6, 10], \"counts\": [%d, 60]}".formatted(i + 1)
                                                : "[]"))
                .collect(Collectors.joining(", "));
        CocoFile read = CocoFile.read(
                write(SMALL.replaceFirst("(?s)\"annotations\": .*", "\"annotations\": [" + annotations + "]}")));
        assertThat(read.objects()).isEqualTo(2000);
        for (int i : new int[] {0, 1, 1022, 1023, 1024, 1025, 1535, 1536, 1998, 1999}) {
            Instance object = read.objects(i % 2).get(i / 2);
            assertThat(object.id()).isEqualTo(5000 + i);
            assertThat(object.label()).isEqualTo(i % 3 == 0 ? 0 : 1);
            assertThat(object.box()).isEqualTo(new Box(i % 5, i % 2, i % 5 + 2, i % 2 + 2.5f));
            assertThat(object.area()).isEqualTo(i + 1);
            assertThat(object.crowd()).isEqualTo(i % 7 == 0);
            if (i % 2 == 0) {
                assertThatThrownBy(object::mask)
                        .hasMessageEndingWith("annotation %d: RLE covers %d of 60 pixels", 5000 + i, i + 61);
            } else {
                assertThat(object.mask()).isEmpty();
            }
        }
    }
}
