package io.vertebra.datasets.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertebra.datasets.DatasetException;
import io.vertebra.datasets.Pictures;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class ImageFilesTest {

    @TempDir
    private Path root;

    private void refuses(Path file, String reason) {
        assertThatThrownBy(() -> new ImageDecoder().read(file))
                .isInstanceOf(DatasetException.class)
                .hasMessage(file + ": " + reason);
    }

    @Test
    void listsPicturesInOrderWithoutFollowingFolderLinks() throws IOException {
        Path one = Pictures.write(root.resolve("b/1.jpg"));
        Path two = Pictures.write(root.resolve("b/2.TIFF"));
        Path deep = Pictures.write(root.resolve("a/x/y/3.webp"));
        Pictures.write(root.resolve("a/.git/4.jpg"));
        Pictures.write(root.resolve("a/jpg"));
        Pictures.write(root.resolve("a/.jpg"));
        Pictures.write(root.resolve("a/5.jpg.part"));
        Path link = Files.createSymbolicLink(root.resolve("c.png"), one);
        Path dangling = Files.createSymbolicLink(root.resolve("d.png"), root.resolve("none"));
        Files.createSymbolicLink(root.resolve("a/loop"), root);
        Files.createSymbolicLink(root.resolve("a/folder.jpg"), root.resolve("b"));
        assertThat(ImageFiles.list(root)).containsExactly(deep, one, two, link, dangling);
        assertThat(ImageFiles.folders(root)).containsExactly(root.resolve("a"), root.resolve("b"));
        assertThat(ImageFiles.folders(root.resolve("a")))
                .containsExactly(root.resolve("a/folder.jpg"), root.resolve("a/loop"), root.resolve("a/x"));
        assertThatThrownBy(() -> ImageFiles.list(root.resolve("none")))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessage(root.resolve("none") + ": cannot be listed");
    }

    @Test
    void refusesFoldersWithoutEnd() {
        Path folder = root;
        for (int i = 0; i < 65; i++) {
            folder = folder.resolve("d");
        }
        Pictures.write(folder.resolve("1.jpg"));
        assertThatThrownBy(() -> ImageFiles.list(root)).hasMessageEndingWith("lies more than 64 folders deep");
        assertThat(ImageFiles.list(root.resolve("d"))).hasSize(1);
    }

    @Test
    void saysWhyAFileIsNoFile() throws IOException {
        refuses(root.resolve("none.jpg"), "does not exist");
        refuses(root, "is a directory");
        refuses(
                Files.createSymbolicLink(root.resolve("dangling.jpg"), Path.of("nowhere.jpg")),
                "is a link whose target is missing");
        Path first = Files.createSymbolicLink(root.resolve("a.jpg"), Path.of("b.jpg"));
        Files.createSymbolicLink(root.resolve("b.jpg"), Path.of("a.jpg"));
        assertThatThrownBy(() -> new ImageDecoder().read(first))
                .isInstanceOf(DatasetException.class)
                .hasMessageStartingWith(first + ": is a link that leads to no file: ");
        Path picture = Pictures.png(root.resolve("real.png"), Pictures.plain(1, 1, 1, 2, 3));
        Path link = Files.createSymbolicLink(root.resolve("link.jpg"), picture);
        assertThat(new ImageDecoder().read(link)).isEqualTo(Pictures.plain(1, 1, 1, 2, 3));
    }

    @Test
    @Timeout(20)
    void neverBlocksOnAPipe() throws IOException, InterruptedException {
        Path pipe = root.resolve("x.jpg");
        Process made = new ProcessBuilder("mkfifo", pipe.toString()).start();
        assumeTrue(made.waitFor() == 0, "mkfifo does not work here");
        refuses(pipe, "is not a plain file");
        assertThat(ImageCheck.image(root).findings()).hasSize(1);
    }

    @Test
    void saysThatAFileMayNotBeRead() throws IOException {
        Path file = Pictures.png(root.resolve("x.png"), Pictures.plain(1, 1, 1, 2, 3));
        Files.setPosixFilePermissions(file, Set.of());
        assumeTrue(!Files.isReadable(file), "this user may read everything");
        refuses(file, "may not be read (permission denied)");
    }

    @Test
    void refusesFilesOfAGigabyte() throws IOException {
        Path file = root.resolve("large.jpg");
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength((1L << 30) + 1);
        }
        refuses(file, "has 1024 MiB, more than a picture may have");
    }

    @Test
    void readsNamesWithAnyLetters() {
        for (String name : List.of("ünïcödé_图_😀.png", "-rf.png", "a b  c.png", "quote'and dollar$(x).png")) {
            assumeTrue("UTF-8".equals(System.getProperty("sun.jnu.encoding")), "file names are not UTF-8 here");
            Path file = Pictures.png(root.resolve(name), Pictures.plain(1, 1, 4, 5, 6));
            assertThat(new ImageDecoder().read(file).at(0, 0, 2)).isEqualTo(6);
        }
    }
}
