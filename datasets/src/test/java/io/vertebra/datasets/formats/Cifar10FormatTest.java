package io.vertebra.datasets.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.datasets.Dataset;
import io.vertebra.datasets.DatasetException;
import io.vertebra.datasets.Pictures;
import io.vertebra.datasets.Shared;
import io.vertebra.images.Raster;
import io.vertebra.images.Size;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Cifar10FormatTest {

    private static final int RECORD = 3073;

    private final Cifar10Format format = new Cifar10Format();

    @TempDir
    private Path root;

    private Dataset open(Path path) {
        return format.open(new Cifar10Format.Config(path.toString()));
    }

    /** Records whose label is the given one and whose pixels hold red = column, green = row, blue = label. */
    private static byte[] records(int... labels) {
        byte[] bytes = new byte[labels.length * RECORD];
        for (int r = 0; r < labels.length; r++) {
            bytes[r * RECORD] = (byte) labels[r];
            for (int i = 0; i < 1024; i++) {
                bytes[r * RECORD + 1 + i] = (byte) (i % 32);
                bytes[r * RECORD + 1025 + i] = (byte) (i / 32);
                bytes[r * RECORD + 2049 + i] = (byte) labels[r];
            }
        }
        return bytes;
    }

    @Test
    void readsThePublishedRecords() throws IOException { // label counts: the folder's README
        Dataset data = open(Shared.file("data/cifar10_mini/test_1000.bin"));
        assertThat(data.size()).isEqualTo(1000);
        int[] counts = new int[10];
        IntStream.range(0, 1000).forEach(i -> counts[data.label(i)]++);
        assertThat(counts).containsExactly(103, 89, 100, 103, 90, 86, 112, 102, 106, 109);
        assertThat(data.classNames())
                .containsExactlyElementsOf(Files.readAllLines(Shared.file("data/cifar10_mini/batches.meta.txt"))
                        .subList(0, 10));
        assertThat(data.imageSize()).contains(new Size(32, 32));
    }

    @Test
    void readsTheBatchesOfAFolderInOrder() {
        Pictures.write(root.resolve("data_batch_2.bin"), records(7));
        Pictures.write(root.resolve("data_batch_1.bin"), records(3, 9));
        Pictures.write(root.resolve("test_batch.bin"), records(1));
        Dataset data = open(root);
        assertThat(data.size()).isEqualTo(3);
        assertThat(IntStream.range(0, 3).map(data::label)).containsExactly(3, 9, 7);
        assertThat(IntStream.range(0, 3).mapToObj(data::id))
                .containsExactly("data_batch_1.bin#0", "data_batch_1.bin#1", "data_batch_2.bin#0");
        for (int i = 0; i < 3; i++) {
            Raster image = data.load(i).image();
            assertThat(data.load(i).label()).isEqualTo(data.label(i));
            assertThat(data.load(i).id()).isEqualTo(data.id(i));
            for (int y = 0; y < 32; y++) {
                for (int x = 0; x < 32; x++) {
                    assertThat(new int[] {image.at(y, x, 0), image.at(y, x, 1), image.at(y, x, 2)})
                            .containsExactly(x, y, data.label(i));
                }
            }
        }
    }

    @Test
    void takesTheNamesBesideTheFileOrTheStandardOnes() throws IOException {
        Path file = Pictures.write(root.resolve("x.bin"), records(0));
        Cifar10Format.Config config = new Cifar10Format.Config(file.toString());
        assertThat(format.classNames(config))
                .startsWith("airplane", "automobile", "bird")
                .hasSize(10);
        Files.writeString(root.resolve("batches.meta.txt"), "a\nb\n\nc\r\nd\ne\nf\ng\nh\ni\nj\n\n");
        assertThat(format.classNames(config)).containsExactly("a", "b", "c", "d", "e", "f", "g", "h", "i", "j");
        assertThat(open(file).classNames()).startsWith("a");
        Path names = Files.writeString(root.resolve("batches.meta.txt"), "a\nb\n");
        assertThatThrownBy(() -> format.classNames(config))
                .isInstanceOf(DatasetException.class)
                .hasMessage(names + ": has 2 names, CIFAR-10 has 10 classes");
    }

    @Test
    void refusesWhatIsNoBatch() throws IOException {
        Path cut = Pictures.write(root.resolve("cut.bin"), java.util.Arrays.copyOf(records(1), 3072));
        assertThatThrownBy(() -> open(cut))
                .isInstanceOf(DatasetException.class)
                .hasMessage(cut + ": has 3072 bytes, not a multiple of 3073; is it a CIFAR-10 batch?");
        Path empty = Pictures.write(root.resolve("empty.bin"));
        assertThatThrownBy(() -> open(empty)).hasMessageContaining("has 0 bytes");
        Path hundred = Pictures.write(root.resolve("hundred.bin"), records(9, 10));
        assertThatThrownBy(() -> open(hundred)).hasMessage(hundred + ": record 1: label 10 is not in 0..9");
        assertThatThrownBy(() -> open(root))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("path: " + root + " is a directory without CIFAR-10 batches (data_batch_*.bin)");
        assertThatThrownBy(() -> open(root.resolve("none")))
                .hasMessage("path: " + root.resolve("none") + " does not exist");
        assertThatThrownBy(() -> new Cifar10Format.Config(null)).hasMessage("path: is missing; give a file or folder");
        assertThat(format.config()).isEqualTo(Cifar10Format.Config.class);
    }
}
