package io.vertebra.datasets.formats.segmentation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.datasets.Dataset;
import io.vertebra.datasets.DatasetException;
import io.vertebra.datasets.Palette;
import io.vertebra.datasets.Pictures;
import io.vertebra.datasets.Sample;
import io.vertebra.datasets.Shared;
import io.vertebra.datasets.decode.ImageDecoder;
import io.vertebra.datasets.decode.LabelDecoder;
import io.vertebra.images.LabelMap;
import io.vertebra.images.Raster;
import io.vertebra.images.Size;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SegmentationFormatsTest {

    @TempDir
    private Path root;

    private static LabelMap map(Sample sample) {
        return sample.annotations().labelMap().orElseThrow();
    }

    private static BitSet values(LabelMap map) {
        BitSet values = new BitSet();
        for (byte value : map.data()) {
            values.set(value & 0xFF);
        }
        return values;
    }

    private Path picture(String name, int height, int width) {
        return Pictures.png(root.resolve(name), Pictures.plain(height, width, 9, 8, 7));
    }

    /** A gray PNG of 2x3 with these labels. */
    private Path label(String name, int... labels) {
        byte[] data = new byte[labels.length];
        for (int i = 0; i < data.length; i++) {
            data[i] = (byte) labels[i];
        }
        return Pictures.png(root.resolve(name), Raster.of(2, labels.length / 2, 1, data));
    }

    private static List<String> ids(Dataset data) {
        return IntStream.range(0, data.size()).mapToObj(data::id).toList();
    }

    @ParameterizedTest
    @CsvSource({"TRAIN, 120, train/0001TP_006720", "VAL, 40, val/0016E5_07961", "TEST, 40, test/0001TP_008610"})
    void readsCamvid(CamvidFormat.Split split, int count, String first) {
        CamvidFormat format = new CamvidFormat();
        Path root = Shared.file("data/camvid");
        CamvidFormat.Config config = new CamvidFormat.Config(root.toString(), split);
        Dataset data = format.open(config);
        assertThat(data.size()).isEqualTo(count);
        assertThat(data.id(0)).isEqualTo(first);
        assertThat(data.classNames()).isEqualTo(format.classNames(config)).hasSize(11);
        assertThat(data.pixelClassNames()).isEqualTo(data.classNames()).startsWith("Sky", "Building");
        assertThat(data.isLabelled()).isFalse();
        assertThat(data.label(3)).isZero();
        Sample sample = data.load(0);
        assertThat(sample.id()).isEqualTo(first);
        assertThat(sample.image().size()).isEqualTo(new Size(360, 480));
        assertThat(sample.image()).isEqualTo(new ImageDecoder().read(root.resolve(first + ".jpg")));
        LabelMap stored = new LabelDecoder().read(root.resolve(first.replaceFirst("/", "annot/") + ".png"));
        for (int i = 0; i < stored.data().length; i++) {
            int expected = stored.data()[i] == 11 ? 255 : stored.data()[i];
            assertThat(map(sample).data()[i] & 0xFF).isEqualTo(expected);
        }
        assertThat(data.annotations(0)).isEqualTo(sample.annotations());
    }

    @Test
    void knowsCamvidsColours() throws IOException {
        Dataset data = new CamvidFormat()
                .open(new CamvidFormat.Config(Shared.file("data/camvid").toString(), CamvidFormat.Split.VAL));
        List<String> lines = Files.readAllLines(Shared.file("data/camvid/classes.txt"));
        for (int i = 0; i < 11; i++) {
            String[] columns = lines.get(i + 1).split("\t", -1);
            assertThat(data.classNames().get(i)).isEqualTo(columns[1]);
            assertThat(data.palette().colour(i)).isEqualTo(rgb(columns, 2));
        }
        BitSet seen = new BitSet();
        for (int i = 0; i < data.size(); i++) {
            seen.or(values(data.annotations(i).labelMap().orElseThrow()));
        }
        assertThat(seen.get(255)).isTrue();
        assertThat(seen.nextClearBit(0)).isEqualTo(11);
        assertThat(seen.cardinality()).isEqualTo(12);
    }

    private static int rgb(String[] columns, int from) {
        return Integer.parseInt(columns[from]) << 16
                | Integer.parseInt(columns[from + 1]) << 8
                | Integer.parseInt(columns[from + 2]);
    }

    @Test
    void readsTheListsOfSegnet() throws IOException {
        picture("train/a.png", 2, 3);
        label("trainannot/a.png", 0, 1, 2, 3, 10, 11);
        Files.writeString(root.resolve("train.txt"), "/SegNet/CamVid/train/a.png /SegNet/CamVid/trainannot/a.png\n");
        Dataset data = new CamvidFormat().open(new CamvidFormat.Config(root.toString(), CamvidFormat.Split.TRAIN));
        assertThat(map(data.load(0)).data()).containsExactly(0, 1, 2, 3, 10, -1);
    }

    @ParameterizedTest
    @CsvSource({"TRAINING, 4, ADE_train_00000001", "VALIDATION, 3, ADE_val_00000001"})
    void readsAde20k(Ade20kFormat.Split split, int count, String first) {
        Ade20kFormat format = new Ade20kFormat();
        Path root = Shared.file("data/ade20k_sample");
        Ade20kFormat.Config config = new Ade20kFormat.Config(root.toString(), split);
        Dataset data = format.open(config);
        assertThat(data.size()).isEqualTo(count);
        assertThat(ids(data)).startsWith(first);
        assertThat(data.classNames()).isEqualTo(format.classNames(config)).hasSize(150);
        assertThat(data.pixelClassNames()).isEqualTo(data.classNames());
        String folder = split == Ade20kFormat.Split.TRAINING ? "training/" : "validation/";
        LabelMap stored = new LabelDecoder().read(root.resolve("annotations/" + folder + first + ".png"));
        LabelMap read = map(data.load(0));
        for (int i = 0; i < stored.data().length; i++) { // 0 is ignored, the first class is stored as 1
            assertThat(read.data()[i]).isEqualTo((byte) (stored.data()[i] - 1));
        }
        assertThat(values(stored).get(0)).isTrue();
    }

    @Test
    void knowsAdesNamesAndColours() throws IOException {
        Dataset data = new Ade20kFormat()
                .open(new Ade20kFormat.Config(
                        Shared.file("data/ade20k_sample").toString(), Ade20kFormat.Split.VALIDATION));
        List<String> names = Files.readAllLines(Shared.file("data/ade20k_sample/classes.tsv"));
        List<String> colours = Files.readAllLines(Shared.file("data/ade20k_sample/palette.tsv"));
        for (int i = 0; i < 150; i++) {
            assertThat(names.get(i + 1).split("\t", -1)[1].split(", ", -1)[0])
                    .isEqualTo(data.classNames().get(i));
            assertThat(data.palette().colour(i))
                    .isEqualTo(rgb(colours.get(i + 1).split("\t", -1), 1));
        }
        assertThat(data.classNames()).doesNotHaveDuplicates();
    }

    @Test
    void readsPairsOfTwoFolders() {
        picture("images/a.png", 2, 3);
        picture("images/sub/b.png", 2, 1);
        label("labels/a.png", 0, 1, 2, 0, 1, 255);
        label("labels/sub/b.png", 2, 2);
        label("labels/alone.png", 2, 2); // data check tells of it
        Dataset data = new PairsFormat().open(new PairsFormat.Config(root.toString(), List.of("x", "y", "z")));
        assertThat(ids(data)).containsExactly("a", "sub/b");
        assertThat(data.classNames()).containsExactly("x", "y", "z");
        assertThat(data.palette()).isEqualTo(Palette.STANDARD);
        assertThat(map(data.load(0)).data()).containsExactly(0, 1, 2, 0, 1, -1);
        assertThat(data.load(1).image().size()).isEqualTo(new Size(2, 1));
        assertThat(map(data.load(1)).data()).containsExactly(2, 2);
    }

    @Test
    void readsPairsWithSuffixesIgnoredNumbersAndReducedZero() {
        picture("left/town/a_left.png", 2, 3);
        picture("left/town/a_right.png", 2, 3);
        label("gt/town/a_gt_ids.png", 0, 1, 2, 3, 0, 255);
        PairsFormat.Config config = new PairsFormat.Config(
                root.toString(), "left", "gt", "_left.png", "_gt_ids.png", null, List.of("x", "y", "z"), 1, true);
        Dataset data = new PairsFormat().open(config);
        assertThat(ids(data)).containsExactly("town/a");
        assertThat(map(data.load(0)).data()).containsExactly(-1, 0, -1, 2, -1, -1);
    }

    @Test
    void readsListsOfNamesAndOfPairs() throws IOException {
        for (String name : List.of("a", "b", "c d")) {
            picture("images/" + name + ".png", 1, 1);
            label("labels/" + name + ".png", 0, 0);
        }
        Pictures.write(root.resolve("images/e.jpg"), Pictures.encode(".jpg", Pictures.plain(2, 1, 5, 5, 5)));
        label("labels/e.png", 1, 1);
        Path list = root.resolve("some.txt");
        Files.writeString(list, "\uFEFFb\r\n\r\ne\nimages/a.png labels/a.png\nimages/c d.png\tlabels/c d.png\n");
        PairsFormat.Config config = new PairsFormat.Config(
                root.toString(), null, null, null, null, "some.txt", List.of("x", "y"), null, null);
        Dataset data = new PairsFormat().open(config);
        assertThat(ids(data)).containsExactly("b", "e", "images/a", "images/c d");
        assertThat(map(data.load(1)).data()).containsExactly(1, 1);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "a b c | line 1: has 3 parts; wanted are a name, or a picture and its label map",
                "x | line 1: names x, but there is no ROOT/images/x.jpg",
                "images/a.png labels/x.png | line 1: names ROOT/labels/x.png, which does not exist",
                "images/x.png labels/a.png | line 1: names ROOT/images/x.png, which does not exist",
                "../a | line 1: names ../a.jpg, which lies outside ROOT/images",
                "images/a.png ../a.png | line 1: names ../a.png, which lies outside ROOT",
                "/etc/passwd labels/a.png | line 1: names /etc/passwd, which lies outside ROOT"
            })
    void listsNameTheirFaults(String line, String reason) throws IOException {
        picture("images/a.png", 1, 1);
        label("labels/a.png", 0, 0);
        Path list = Files.writeString(root.resolve("list.txt"), line + "\n");
        PairsFormat.Config config = new PairsFormat.Config(
                root.toString(), null, null, null, null, "list.txt", List.of("x", "y"), null, null);
        assertThatThrownBy(() -> new PairsFormat().open(config))
                .isInstanceOf(DatasetException.class)
                .hasMessage(list + ": " + reason.replace("ROOT", root.toString()));
    }

    @Test
    void listsOfPairsAloneNameTheirFaultsToo() throws IOException {
        CamvidFormat.Config config = new CamvidFormat.Config(root.toString(), CamvidFormat.Split.VAL);
        Path list = root.resolve("val.txt");
        assertThatThrownBy(() -> new CamvidFormat().open(config)).hasMessage(list + ": does not exist");
        Files.writeString(list, "\n \n");
        assertThatThrownBy(() -> new CamvidFormat().open(config)).hasMessage(list + ": lists nothing");
        picture("val/a.png", 2, 1);
        label("valannot/a.png", 12, 0);
        Files.writeString(list, "\nval/a.png  valannot/a.png\nval/a.png\n");
        assertThatThrownBy(() -> new CamvidFormat().open(config))
                .hasMessage(list + ": line 3: has 1 parts; wanted are a picture and its label map");
        Files.writeString(list, "val/a.png  valannot/a.png");
        Dataset data = new CamvidFormat().open(config);
        assertThat(ids(data)).containsExactly("val/a");
        assertThatThrownBy(() -> data.load(0))
                .hasMessage(root.resolve("valannot/a.png")
                        + ": pixel (0,0): has the label 12; with 11 classes only 0 to 10, 11 and 255 are allowed");
    }

    @Test
    void foldersNameTheirFaults() throws IOException {
        PairsFormat.Config config = new PairsFormat.Config(root.toString(), List.of("x"));
        assertThatThrownBy(() -> new PairsFormat().open(config))
                .hasMessage(root.resolve("images") + ": does not exist");
        Files.createDirectory(root.resolve("images"));
        Path file = Files.writeString(root.resolve("labels"), "");
        assertThatThrownBy(() -> new PairsFormat().open(config)).hasMessage(file + ": is not a folder");
        Files.delete(file);
        Files.createDirectory(file);
        assertThatThrownBy(() -> new PairsFormat().open(config))
                .hasMessage(root.resolve("images") + ": holds no picture (jpg, jpeg, png, webp, bmp, gif, tif, tiff)");
        Path picture = picture("images/a.png", 2, 3);
        assertThatThrownBy(() -> new PairsFormat().open(config))
                .hasMessage(picture + ": has no label map: " + root.resolve("labels/a.png") + " does not exist");
        label("labels/a.png", 0, 0);
        assertThatThrownBy(() -> new PairsFormat().open(config).load(0))
                .hasMessage(root.resolve("labels/a.png")
                        + ": has another size than its picture: it has 1x2, its picture has 3x2");
        PairsFormat.Config suffixed =
                new PairsFormat.Config(root.toString(), null, null, "_x.png", null, null, List.of("x"), null, null);
        assertThatThrownBy(() -> new PairsFormat().open(suffixed))
                .hasMessage(root.resolve("images") + ": holds no picture whose name ends in _x.png");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.b.png", "sub/a.b.jpg"})
    void stemsLoseTheLastSuffixOnly(String name) {
        assertThat(SegmentationPairs.stem(name, SegmentationPairs.ANY_PICTURE)).endsWith("a.b");
        assertThat(SegmentationPairs.stem(name, "b.png").length()).isEqualTo(name.length() - 5);
        assertThat(SegmentationPairs.stem("plain", SegmentationPairs.ANY_PICTURE))
                .isEqualTo("plain");
    }

    private static PairsFormat.Config config(List<String> classes, Integer ignore) {
        return new PairsFormat.Config("x", null, null, null, null, null, classes, ignore, null);
    }

    @Test
    void refusesSettings() {
        assertThatThrownBy(() -> new CamvidFormat.Config("x", null))
                .hasMessage("split: is missing; give train, val or test");
        assertThatThrownBy(() -> new CamvidFormat.Config(null, CamvidFormat.Split.VAL))
                .hasMessage("path: is missing; give a file or folder");
        assertThatThrownBy(() -> new Ade20kFormat.Config("x", null))
                .hasMessage("split: is missing; give training or validation");
        assertThatThrownBy(() -> new Ade20kFormat.Config("", Ade20kFormat.Split.TRAINING))
                .hasMessage("path: is missing; give a file or folder");
        assertThatThrownBy(() -> new PairsFormat.Config("", List.of("x")))
                .hasMessage("path: is missing; give a file or folder");
        assertThatThrownBy(() -> config(null, null))
                .hasMessage("classes: is missing; give the names of the label values in order");
        assertThatThrownBy(() -> config(List.of(), null)).hasMessage("classes: must have 1 to 255 names, has 0");
        List<String> many = IntStream.range(0, 256).mapToObj(String::valueOf).toList();
        assertThatThrownBy(() -> config(many, null)).hasMessage("classes: must have 1 to 255 names, has 256");
        assertThat(config(many.subList(0, 255), 0).ignoreIndex()).isZero();
        assertThatThrownBy(() -> config(List.of("a", "a"), null)).hasMessage("classes: a name stands twice in [a, a]");
        assertThatThrownBy(() -> config(List.of("a"), 256)).hasMessage("ignore_index: must lie in [0, 255], is 256");
        assertThatThrownBy(() -> config(List.of("a"), -1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new PairsFormat.Config("x", "a\0b", null, null, null, null, List.of("a"), null, null))
                .hasMessageStartingWith("images: is not a path: ");
        assertThatThrownBy(() -> new PairsFormat.Config("x", null, "a\0b", null, null, null, List.of("a"), null, null))
                .hasMessageStartingWith("labels: is not a path: ");
        assertThatThrownBy(() -> new PairsFormat.Config("x", null, null, null, null, "\0", List.of("a"), null, null))
                .hasMessageStartingWith("list: is not a path: ");
        assertThat(config(List.of("a"), null))
                .isEqualTo(new PairsFormat.Config("x", "images", "labels", "", ".png", "", List.of("a"), 255, false));
    }
}
