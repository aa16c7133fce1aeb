package io.vertebra.backbones.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Hdf5Test {

    @TempDir
    private Path folder;

    @Test
    void readsNumbersOfEveryTypeInNestedGroups() {
        Path path = write();

        try (WeightFile open = WeightFile.open(path)) {
            assertThat(open.format()).isEqualTo(WeightFormat.HDF5);
            assertThat(open.file()).isEqualTo(path);
            assertThat(open.metadata()).isEmpty();
            assertThat(open.tensors().values())
                    .containsExactlyInAnyOrder(
                            new TensorInfo("conv/kernel", DType.F32, List.of(2, 3)),
                            new TensorInfo("conv/inner/bias", DType.F64, List.of(2)),
                            new TensorInfo("counts", DType.I32, List.of(3)),
                            new TensorInfo("bytes", DType.I8, List.of(2)),
                            new TensorInfo("longs", DType.I64, List.of(1)),
                            new TensorInfo("shorts", DType.I16, List.of(1)),
                            new TensorInfo("scalar", DType.F32, List.of()));
            assertThat(open.read("conv/kernel")).containsExactly(1, 2, 3, 4, 5, 6);
            assertThat(open.read("conv/inner/bias")).containsExactly(0.5f, -2);
            assertThat(open.read("counts")).containsExactly(7, 8, -9);
            assertThat(open.read("bytes")).containsExactly(-1, 5);
            assertThat(open.read("longs")).containsExactly(0x1p40f);
            assertThat(open.read("shorts")).containsExactly(-300);
            assertThat(open.read("scalar")).containsExactly(2.5f);
            assertThat(open.notes())
                    .containsExactly("dataset text is not of numbers that are read and was passed over");
            assertThatThrownBy(() -> open.read("none")).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private Path write() {
        Path path = folder.resolve("x.h5");
        try (WritableHdfFile file = HdfFile.write(path)) {
            file.putGroup("conv").putDataset("kernel", new float[][] {{1, 2, 3}, {4, 5, 6}});
            ((io.jhdf.api.WritableGroup) file.getChild("conv"))
                    .putGroup("inner")
                    .putDataset("bias", new double[] {0.5, -2});
            file.putDataset("counts", new int[] {7, 8, -9});
            file.putDataset("bytes", new byte[] {-1, 5});
            file.putDataset("longs", new long[] {1L << 40});
            file.putDataset("shorts", new short[] {-300});
            file.putDataset("scalar", 2.5f);
            file.putDataset("text", new String[] {"a", "b"});
        }
        return path;
    }

    @Test
    void saysThatAFileHoldsNothing() {
        Path path = folder.resolve("empty.h5");
        HdfFile.write(path).close();

        try (WeightFile open = WeightFile.open(path)) {
            assertThat(open.tensors()).isEmpty();
            assertThat(open.notes()).containsExactly("holds no tensors");
        }
    }

    @Test
    void refusesMoreValuesThanTheFileHasBytes() throws IOException {
        // a file of the old kind has no check sums; its extents 4 and 5 are little-endian longs, one after the other
        byte[] bytes = Files.readAllBytes(Fixtures.shared("data/bad_inputs/weights/ok.h5"));
        int at = indexOf(bytes, new byte[] {4, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0});
        bytes[at + 2] = 127;
        Path path = Files.write(folder.resolve("large.h5"), bytes);

        assertThatThrownBy(() -> WeightFile.open(path))
                .isInstanceOf(WeightsException.class)
                .hasMessageStartingWith(path + ": dataset conv/kernel: claims the extents [8323076, 5]");
    }

    @Test
    void refusesAFileThatIsCut() throws IOException {
        Path path = write();
        byte[] bytes = Files.readAllBytes(path);

        for (int length : new int[] {8, 95, 96, bytes.length / 3}) {
            Files.write(path, java.util.Arrays.copyOf(bytes, length));
            assertThatThrownBy(() -> WeightFile.open(path))
                    .as("%d bytes", length)
                    .isInstanceOf(WeightsException.class)
                    .hasMessageContaining("HDF5 file is ");
        }
    }

    private static int indexOf(byte[] bytes, byte[] wanted) {
        for (int at = 0; at + wanted.length <= bytes.length; at++) {
            if (java.util.Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length)) {
                return at;
            }
        }
        throw new AssertionError("not found");
    }
}
