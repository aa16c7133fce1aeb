package io.vertebra.datasets.formats.coco;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.datasets.Dataset;
import io.vertebra.datasets.DatasetException;
import io.vertebra.datasets.Instance;
import io.vertebra.datasets.NumberedData;
import io.vertebra.datasets.Pictures;
import io.vertebra.datasets.Sample;
import io.vertebra.datasets.Shared;
import io.vertebra.datasets.decode.ImageCheck;
import io.vertebra.images.Box;
import io.vertebra.images.Mask;
import io.vertebra.images.Size;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CocoFormatTest {

    /** Annotations first, ids with gaps, a picture without annotations, one object of each kind. */
    private static final String SMALL = """
            {"annotations": [
              {"segmentation": [[1, 1, 5, 1, 5, 3, 1, 3], [6, 0, 8, 0, 8, 2, 6, 2]], "id": 7, "image_id": 30, "category_id": 90,
               "bbox": [1, 0, 7, 3], "area": 11.5, "iscrowd": 0, "keypoints": [[1], {"a": [2]}]},
              {"segmentation": {"size": [6, 10], "counts": [6, 3, 51]}, "id": 9, "image_id": 30, "category_id": 2, "bbox": [1, 0, 1, 3],
               "area": 3, "iscrowd": 1},
              {"segmentation": {"counts": "63c1", "size": [6, 10]}, "id": 8, "image_id": 20, "category_id": 2, "bbox": [1, 0, 1, 3]},
              {"segmentation": [], "id": 10, "image_id": 20, "category_id": 2, "bbox": [8, 4, 9, 9], "area": null, "iscrowd": false},
              {"id": 11, "image_id": 20, "category_id": 2, "bbox": [3, 3, 0, 2], "area": 0}
            ],
            "info": {"images": 3},
            "categories": [{"id": 90, "name": "comb"}, {"id": 2, "name": "cup", "supercategory": "thing"}],
            "images": [{"id": 30, "file_name": "a.png", "height": 6, "width": 10}, {"id": 10, "file_name": "sub/b.png", "height": 4, "width": 4},
              {"id": 20, "file_name": "c.png", "height": 6, "width": 10}]}
            """;

    private final CocoFormat format = new CocoFormat();

    @TempDir
    private Path root;

    private Path write(String text) {
        try {
            return Files.writeString(root.resolve("instances.json"), text);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private NumberedData open(String text) {
        return (NumberedData) format.open(new CocoFormat.Config(write(text).toString(), null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\uFEFF", "\n  \n"})
    void readsObjectsOfEveryKind(String before) {
        NumberedData data = open(before + SMALL);
        assertThat(data.size()).isEqualTo(3);
        assertThat(data.classNames()).containsExactly("cup", "comb");
        assertThat(data.categoryIds()).containsExactly(2L, 90L);
        assertThat(List.of(data.imageId(0), data.imageId(1), data.imageId(2))).containsExactly(30L, 10L, 20L);
        assertThat(data.id(1)).isEqualTo("sub/b.png");
        assertThat(data.size(0)).contains(new Size(6, 10));
        assertThat(data.isLabelled()).isFalse();
        assertThat(data.label(2)).isZero();
        assertThat(data.annotations(1).objects()).isEmpty();

        List<Instance> first = data.annotations(0).objects();
        assertThat(first.stream().map(Instance::id)).containsExactly(7L, 9L);
        assertThat(first.get(0).label()).isEqualTo(1);
        assertThat(first.get(0).box()).isEqualTo(new Box(1, 0, 8, 3));
        assertThat(first.get(0).area()).isEqualTo(11.5);
        assertThat(first.get(0).crowd()).isFalse();
        assertThat(first.get(0).difficult()).isFalse();
        assertThat(first.get(0).mask().orElseThrow().area()).isEqualTo(4 * 2 + 2 * 2);
        assertThat(first.get(1).crowd()).isTrue();
        assertThat(first.get(1).mask()).contains(Mask.ofRuns(6, 10, 6, 3, 51));

        List<Instance> third = data.annotations(2).objects();
        assertThat(third.stream().map(Instance::id)).containsExactly(8L, 10L); // 11 has no area
        assertThat(third.get(0).mask()).contains(Mask.ofRuns(6, 10, 6, 3, 51));
        assertThat(third.get(0).area()).isEqualTo(3); // from the mask
        assertThat(third.get(1).mask()).isEmpty();
        assertThat(third.get(1).box()).isEqualTo(new Box(8, 4, 10, 6)); // cut
        assertThat(third.get(1).area()).isEqualTo(4);
    }

    @Test
    void loadsPicturesWithTheirObjects() {
        NumberedData data = open(SMALL);
        Pictures.png(root.resolve("a.png"), Pictures.smooth(6, 10, 3));
        Pictures.png(root.resolve("c.png"), Pictures.smooth(10, 6, 3));
        Sample sample = data.load(0);
        assertThat(sample.id()).isEqualTo("a.png");
        assertThat(sample.image()).isEqualTo(Pictures.smooth(6, 10, 3));
        assertThat(sample.annotations()).isEqualTo(data.annotations(0));
        assertThat(sample.placement().original()).isEqualTo(new Size(6, 10));
        assertThatThrownBy(() -> data.load(1)).hasMessage(root.resolve("sub/b.png") + ": does not exist");
        assertThatThrownBy(() -> data.load(2))
                .hasMessage(root.resolve("c.png") + ": is 6x10, but instances.json says 10x6");
    }

    @Test
    void looksForThePicturesWhereTheyUsuallyLie() throws IOException {
        Path file = Files.createDirectories(root.resolve("annotations")).resolve("instances_train2017.json");
        Files.writeString(file, SMALL);
        Pictures.png(root.resolve("annotations/a.png"), Pictures.plain(6, 10, 1, 0, 0));
        assertThat(red(file, null)).isEqualTo(1);
        Pictures.png(root.resolve("train2017/a.png"), Pictures.plain(6, 10, 2, 0, 0));
        assertThat(red(file, null)).isEqualTo(2);
        Pictures.png(root.resolve("annotations/images/a.png"), Pictures.plain(6, 10, 3, 0, 0));
        assertThat(red(file, null)).isEqualTo(3);
        Pictures.png(root.resolve("other/a.png"), Pictures.plain(6, 10, 4, 0, 0));
        assertThat(red(file, root.resolve("other").toString())).isEqualTo(4);
        assertThat(format.classNames(new CocoFormat.Config(file.toString(), null)))
                .containsExactly("cup", "comb");
        assertThat(format.config()).isEqualTo(CocoFormat.Config.class);
    }

    /** As other programs ask for it: a folder of pictures, and the file beside it. */
    @Test
    void thePathIsTheFolderWhereTheFileIsNamedItself() {
        Path file = write(SMALL);
        Path folder = root.resolve("other");
        Pictures.png(folder.resolve("a.png"), Pictures.plain(6, 10, 4, 0, 0));
        CocoFormat.Config config = new CocoFormat.Config(folder.toString(), null, file.toString());
        assertThat(format.open(config).load(0).image().at(0, 0, 0)).isEqualTo(4);
        assertThat(format.classNames(config)).containsExactly("cup", "comb");
        assertThatThrownBy(() -> format.open(new CocoFormat.Config(file.toString(), null, file.toString())))
                .hasMessage("path: " + file + " is not a folder");
        assertThatThrownBy(() -> format.classNames(new CocoFormat.Config("a", null, "none.json")))
                .hasMessage("annotations: none.json does not exist");
        assertThatThrownBy(() -> new CocoFormat.Config("a", null, "\0"))
                .hasMessageStartingWith("annotations: is not a path");
        assertThatThrownBy(() -> new CocoFormat.Config("a", "b", "c"))
                .hasMessage("annotations: stands beside images; path is the folder then");
    }

    private int red(Path file, String images) {
        return format.open(new CocoFormat.Config(file.toString(), images))
                .load(0)
                .image()
                .at(0, 0, 0);
    }

    @Test
    void namesTheKeyOfAWrongSetting() {
        assertThatThrownBy(() -> new CocoFormat.Config(null, null)).hasMessageStartingWith("path: is missing");
        assertThatThrownBy(() -> new CocoFormat.Config("a", "\0")).hasMessageStartingWith("images: is not a path");
        assertThatThrownBy(() -> format.classNames(new CocoFormat.Config("none.json", null)))
                .hasMessage("path: none.json does not exist");
        String file = write(SMALL).toString();
        assertThatThrownBy(() -> format.open(new CocoFormat.Config(file, file)))
                .hasMessage("images: " + file + " is not a folder");
        assertThatThrownBy(() -> format.open(new CocoFormat.Config(root.toString(), null)))
                .hasMessage(root + ": is a directory; give the annotation file");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"image_id\": 30, \"category_id\": 90 | \"image_id\": 31, \"category_id\": 90 | annotation 7: image_id 31 does not exist",
                "\"image_id\": 30, \"category_id\": 90 | \"image_id\": 30, \"category_id\": 91 | annotation 7: category_id 91 does not exist",
                "[1, 0, 7, 3] | [1, 0, 7, -3] | annotation 7: bbox has the negative height -3.0",
                "[1, 0, 7, 3] | [1, 0, 7, 1e9] | annotation 7: bbox is not finite or out of range",
                "[1, 0, 7, 3] | [10, 0, 7, 3] | annotation 7: the box lies outside its image: x 10.0 to 17.0, y 0.0 to 3.0 in 10x6",
                "[1, 0, 7, 3] | {} | annotation 7: bbox must be a list of four numbers",
                "[1, 0, 7, 3] | [1, 0, [7], 3] | annotation 7: bbox must hold numbers",
                "\"bbox\": [1, 0, 7, 3], | `` | annotation 7: bbox missing",
                "\"area\": 11.5 | \"area\": -1 | annotation 7: area must be a finite number from 0 on",
                "\"area\": 11.5 | \"area\": \"x\" | annotation 7: area must be a finite number from 0 on",
                "\"area\": 11.5 | \"id\": 7 | annotation 7: has the key 'id' twice",
                "\"iscrowd\": 0 | \"iscrowd\": 2 | annotation 7: iscrowd must be 0 or 1",
                "\"id\": 7, | `` | annotations[0]: id missing",
                "\"id\": 7, | \"id\": null, | annotations[0]: id is null",
                "\"id\": 7, | \"id\": 7.5, | annotations[0]: id must be a whole number, is 7.5",
                "\"id\": 7, | \"id\": [7], | annotations[0]: id must be a whole number",
                "\"id\": 7, | \"id\": 9, | annotation 9: another annotation has the same id",
                "\"id\": 20, | \"id\": 30, | image 30: an earlier image has the same id",
                "\"id\": 90, \"name\" | \"id\": 2, \"name\" | category 2: an earlier category has the same id",
                "\"name\": \"cup\" | \"name\": \" \" | category 2: name missing",
                "\"name\": \"cup\" | \"name\": 5 | category 2: name must be a text",
                "\"height\": 4, \"width\": 4 | \"height\": 4 | image 10: width missing",
                "\"height\": 4, \"width\": 4 | \"width\": 4 | image 10: height missing",
                "\"height\": 4, \"width\": 4 | \"height\": 4, \"width\": 1048577 | image 10: has the invalid size 1048577x4",
                "\"height\": 4, \"width\": 4 | \"height\": 0, \"width\": 4 | image 10: has the invalid size 4x0",
                "\"height\": 4, \"width\": 4 | \"height\": 262144, \"width\": 683 | image 10: has the invalid size 683x262144",
                "\"width\": 4} | \"width\": 4, \"width\": 4} | image 10: has the key 'width' twice",
                "[1, 0, 7, 3] | [1, 0, 7, 3, 9] | annotation 7: bbox needs 4 numbers, has 5",
                "[1, 0, 7, 3] | [] | annotation 7: bbox missing",
                "sub/b.png | /sub/b.png | image 10: file_name '/sub/b.png' lies outside the image folder",
                "\"segmentation\": [], | \"segmentation\": 5, | annotation 10: segmentation must be a list of polygons or run lengths",
                "\"images\": [ | \"images\": [5, | images[0]: must be an object",
                "\"images\": [ | \"images\": 5, \"x\": [ | 'images' must be a list",
            })
    void loadingEndsAtAnEntryThatIsWrong(String part, String by, String message) {
        assertThat(SMALL).contains(part);
        String file = write(SMALL.replaceFirst(java.util.regex.Pattern.quote(part), by))
                .toString();
        assertThatThrownBy(() -> format.open(new CocoFormat.Config(file, null)))
                .isInstanceOf(DatasetException.class)
                .hasMessage(file + ": " + message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[[1, 1, 5, 1, 5]] | a polygon has the odd number of 5 coordinates",
                "[[1, 1, 5, 1]] | a polygon needs at least 6 numbers, has 4",
                "[[1, 1, 5, 1, 5, \"x\"]] | a polygon must hold numbers",
                "[[1, 1, 5, 1, 5, 1e8]] | a polygon is not finite or out of range",
                "[1, 1, 5, 1, 5, 3] | segmentation must be a list of polygons",
                "{\"size\": [6, 10]} | RLE needs counts, a list of numbers or a text",
                "{\"size\": [6, 10], \"counts\": \"l1\", \"counts\": [60]} | RLE has the key 'counts' twice",
                "{\"size\": [6], \"counts\": [60]} | RLE needs a size of two numbers",
                "{\"counts\": [60]} | RLE needs a size of two numbers",
                "{\"size\": [6, 10], \"counts\": [60.5]} | RLE counts must hold whole numbers",
                "{\"size\": [6, 10], \"counts\": [6000000000]} | RLE counts holds a number out of range",
                "{\"size\": [6, 10], \"counts\": [61, -1]} | RLE has the negative count -1",
                "{\"size\": [6, 10], \"counts\": [59]} | RLE covers 59 of 60 pixels",
                "{\"size\": [10, 6], \"counts\": [60]} | RLE size [10, 6] differs from the image's [6, 10] (height, width)",
            })
    void pixelsThatAreWrongAreToldWhenTheyAreWanted(String segmentation, String message) {
        String text = SMALL.replace("[[1, 1, 5, 1, 5, 3, 1, 3], [6, 0, 8, 0, 8, 2, 6, 2]]", segmentation);
        Dataset data = open(text);
        Instance object = data.annotations(0).objects().get(0);
        String file = root.resolve("instances.json").toString();
        assertThatThrownBy(object::mask).hasMessage(file + ": annotation 7: " + message);
        assertThat(CocoCheck.check(Path.of(file)).findings())
                .anyMatch(finding -> finding.toString().equals(file + ": annotation 7: " + message));
    }

    @Test
    void noticesThatTheFileHasChanged() throws IOException {
        NumberedData data = open(SMALL);
        Instance object = data.annotations(0).objects().get(0);
        String file = write(SMALL.substring(0, 60)).toString();
        String message = file + ": annotation 7: the file has changed since it was opened";
        assertThatThrownBy(object::mask).hasMessage(message);
        write(" ".repeat(40) + SMALL);
        assertThatThrownBy(object::mask).hasMessage(message);
        Files.delete(Path.of(file));
        assertThatThrownBy(object::mask).isInstanceOf(DatasetException.class).hasMessageContaining("cannot be read");
    }

    @Test
    void theLintGoesOnBehindAFault() {
        String text = SMALL.replace("\"height\": 4,", "\"height\": 0,")
                .replace("\"image_id\": 30, \"category_id\": 90", "\"image_id\": 10, \"category_id\": 90")
                .replace("[6, 3, 51]", "[6, 3, 50]");
        ImageCheck.Report report = CocoCheck.check(write(text));
        assertThat(report.images()).isEqualTo(2);
        String file = root.resolve("instances.json").toString();
        assertThat(report.findings().stream().map(f -> f.toString().replace(file, "x")))
                .containsExactly(
                        "x: image 10: has the invalid size 4x0",
                        "x: annotation 10: warning: the box leaves its image and is cut: x 8.0 to 17.0, y 4.0 to 13.0 in 10x6",
                        "x: annotation 11: warning: the box has no area and is left out",
                        "x: annotation 9: RLE covers 59 of 60 pixels",
                        "x: annotation 10: warning: segmentation is empty: the object has a box only");
    }

    @Test
    void theLintFindsBoxesThatWereDrawnTwice() {
        String text = SMALL.replace("[8, 4, 9, 9]", "[1, 0, 1, 3]");
        assertThat(CocoCheck.check(write(text)).findings())
                .anyMatch(f -> f.toString().contains("annotation 10: warning: nearly the same box as annotation 8"));
    }

    @Test
    void boxesMayLeaveThePictureByAPixel() {
        assertThat(CocoCheck.check(write(SMALL.replace("[8, 4, 9, 9]", "[8, 4, 3, 3]")))
                        .findings())
                .noneMatch(f -> f.toString().contains("leaves"));
    }

    @ParameterizedTest
    @CsvSource({"instances.json, 68, 584", "instances_train.json, 30, 249", "instances_val.json, 38, 335"})
    void readsRealAnnotations(String file, int images, int objects) {
        Path path = Shared.file("data/coco_tiny/" + file);
        CocoFile read = CocoFile.read(path);
        assertThat(read.images()).hasSize(images);
        assertThat(read.objects()).isEqualTo(objects);
        assertThat(read.classNames())
                .hasSize(80)
                .startsWith("person", "bicycle")
                .endsWith("toothbrush");
        assertThat(read.categoryIds()).startsWith(1L, 2L).endsWith(90L);
        assertThat(read.file()).isEqualTo(path);
        assertThat(CocoCheck.check(path).findings()).isEmpty();
    }

    @Test
    void realMasksAgreeWithTheirBoxesAndAreas() {
        Dataset data = format.open(new CocoFormat.Config(
                Shared.file("data/coco_tiny/instances.json").toString(), null));
        int crowds = 0;
        int[] sizes = new int[3];
        List<Double> shares = new ArrayList<>();
        for (int i = 0; i < data.size(); i++) {
            for (Instance object : data.annotations(i).objects()) {
                Mask mask = object.mask().orElseThrow();
                Box around = mask.bounds().orElseThrow();
                Box box = object.box();
                assertThat(new float[] {around.x1(), around.y1(), around.x2(), around.y2()})
                        .containsExactly(new float[] {box.x1(), box.y1(), box.x2(), box.y2()}, within(6.5f));
                crowds += object.crowd() ? 1 : 0;
                sizes[object.area() < 32 * 32 ? 0 : object.area() < 96 * 96 ? 1 : 2]++;
                shares.add(mask.area() / object.area());
            }
        }
        assertThat(crowds).isEqualTo(8);
        assertThat(sizes).containsExactly(300, 164, 120);
        assertThat(shares.stream().mapToDouble(d -> d).average().orElseThrow()).isCloseTo(1, within(0.02));
        Sample sample = data.load(0);
        assertThat(sample.image().size()).isEqualTo(data.size(0).orElseThrow());
    }
}
