package io.vertebra.datasets.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.datasets.Dataset;
import io.vertebra.datasets.DatasetException;
import io.vertebra.datasets.Pictures;
import io.vertebra.datasets.Sample;
import io.vertebra.datasets.Shared;
import io.vertebra.images.Raster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderFormatTest {

    private final FolderFormat format = new FolderFormat();

    @TempDir
    private Path root;

    private Dataset open() {
        return format.open(new FolderFormat.Config(root.toString()));
    }

    @Test
    void classesAreFoldersByNameAndPicturesLieAnywhereBelow() throws IOException {
        Raster red = Pictures.plain(2, 3, 255, 0, 0);
        Pictures.png(root.resolve("zebra/2.png"), red);
        Pictures.png(root.resolve("zebra/deep/er/1.PNG"), red);
        Pictures.png(root.resolve("ant/b.jpeg"), red);
        Pictures.png(root.resolve("ant/a.jpg"), Pictures.plain(2, 3, 0, 255, 0));
        Pictures.png(root.resolve(".hidden/1.png"), red);
        Pictures.png(root.resolve("ant/.hidden.png"), red);
        Files.createDirectory(root.resolve("ant/folder.jpg"));
        Files.writeString(root.resolve("ant/notes.txt"), "no picture");
        Files.writeString(root.resolve("README.md"), "no class");

        Dataset data = open();
        assertThat(format.classNames(new FolderFormat.Config(root.toString()))).containsExactly("ant", "zebra");
        assertThat(data.classNames()).containsExactly("ant", "zebra");
        assertThat(IntStream.range(0, data.size()).mapToObj(data::id))
                .containsExactly("ant/a.jpg", "ant/b.jpeg", "zebra/2.png", "zebra/deep/er/1.PNG");
        assertThat(IntStream.range(0, data.size()).map(data::label)).containsExactly(0, 0, 1, 1);
        assertThat(data.load(0)).isEqualTo(new Sample("ant/a.jpg", Pictures.plain(2, 3, 0, 255, 0), 0));
        assertThat(data.load(3)).isEqualTo(new Sample("zebra/deep/er/1.PNG", red, 1));
        assertThat(data.imageSize()).isEmpty();
        assertThat(format.config()).isEqualTo(FolderFormat.Config.class);
    }

    @Test
    void saysWhatIsMissing() throws IOException {
        assertThatThrownBy(() -> new FolderFormat.Config(null)).hasMessage("path: is missing; give a file or folder");
        assertThatThrownBy(() -> new FolderFormat.Config("")).hasMessage("path: is missing; give a file or folder");
        assertThatThrownBy(() -> new FolderFormat.Config("a\0b"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("path: is not a path: Nul character not allowed");
        assertThatThrownBy(() -> format.open(new FolderFormat.Config("no/such/folder")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("path: no/such/folder does not exist");
        assertThatThrownBy(() -> format.classNames(new FolderFormat.Config("no/such/folder")))
                .hasMessage("path: no/such/folder does not exist");
        Path file = Files.writeString(root.resolve("file"), "");
        assertThatThrownBy(() -> format.open(new FolderFormat.Config(file.toString())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("path: " + file + " is not a folder");
        assertThatThrownBy(this::open)
                .isInstanceOf(DatasetException.class)
                .hasMessage(root + ": has no folder in it; format folder wants one folder a class");
        Files.createDirectory(root.resolve("ant"));
        assertThatThrownBy(this::open)
                .isInstanceOf(DatasetException.class)
                .hasMessage(root.resolve("ant") + ": holds no picture (jpg, jpeg, png, webp, bmp, gif, tif, tiff)");
    }

    @Test
    void namesTheBrokenFile() {
        Path broken = Pictures.write(root.resolve("ant/x.jpg"), (byte) 1);
        Dataset data = open();
        assertThatThrownBy(() -> data.load(0))
                .isInstanceOf(DatasetException.class)
                .hasMessage(broken + ": is not a picture: starts with the bytes 01");
    }

    @Test
    void readsHymenoptera() { // counts: the folder's README
        for (String split : List.of("train", "val")) {
            Dataset data = format.open(new FolderFormat.Config(
                    Shared.file("data/hymenoptera/" + split).toString()));
            assertThat(data.classNames()).containsExactly("ants", "bees");
            boolean train = split.equals("train");
            assertThat(data.size()).isEqualTo(train ? 244 : 153);
            assertThat(IntStream.range(0, data.size()).map(data::label).sum()).isEqualTo(train ? 121 : 83);
        }
    }
}
