package io.vertebra.backbones.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsWriterTest {

    @TempDir
    private Path folder;

    @Test
    void writesExactlyTheseBytes() throws IOException {
        Path path = folder.resolve("w.safetensors");
        new SafetensorsWriter()
                .add("b", new int[] {2}, new float[] {1, -2})
                .add("a\u00e4", new int[] {1, 1}, new long[] {-1})
                .add("c", new int[0], new int[] {3})
                .metadata("z", "1")
                .metadata("format", "np")
                .write(path);

        String header =
                "{\"__metadata__\":{\"format\":\"np\",\"z\":\"1\"},\"a\u00e4\":{\"dtype\":\"I64\",\"shape\":[1,1],\"data_offsets\":[0,8]},"
                        + "\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,16]},\"c\":{\"dtype\":\"I32\",\"shape\":[],\"data_offsets\":[16,20]}}";
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        int blanks = 208 - json.length;
        assertThat(blanks).isBetween(0, 7);
        assertThat(Files.readAllBytes(path))
                .isEqualTo(Fixtures.bytes(
                        208,
                        new byte[7],
                        json,
                        " ".repeat(blanks),
                        0xff,
                        0xff,
                        0xff,
                        0xff,
                        0xff,
                        0xff,
                        0xff,
                        0xff,
                        0,
                        0,
                        0x80,
                        0x3f,
                        0,
                        0,
                        0,
                        0xc0,
                        3,
                        0,
                        0,
                        0));
    }

    @Test
    void givesTheSameBytesAfterReadingThemBack() throws IOException {
        Path first = folder.resolve("first");
        float[] large = new float[600_000]; // more than one buffer
        for (int i = 0; i < large.length; i++) {
            large[i] = i * 0.37f;
        }
        large[5] = Float.NaN;
        large[6] = -0f;
        new SafetensorsWriter()
                .metadata(Map.of("k", "v", "a", "b"))
                .add("x", new int[] {600, 1000}, large)
                .add("a", new int[] {3}, new float[] {1, 2, 3})
                .write(first);
        Path second = folder.resolve("second");
        try (WeightFile file = WeightFile.open(first)) {
            SafetensorsWriter writer = new SafetensorsWriter().metadata(file.metadata());
            file.tensors().values().forEach(t -> writer.add(t.name(), t.dimensions(), file.read(t.name())));
            writer.write(second);
            assertThat(file.read("x")).isEqualTo(large);
        }

        assertThat(second).hasSameBinaryContentAs(first);
    }

    @Test
    void doesNotDependOnTheOrderOfAdding() throws IOException {
        Path first = folder.resolve("first");
        Path second = folder.resolve("second");
        new SafetensorsWriter()
                .metadata("a", "1")
                .metadata("b", "2")
                .add("x", new int[] {1}, new float[1])
                .add("y", new int[] {2}, new int[2])
                .write(first);
        new SafetensorsWriter()
                .metadata("b", "2")
                .metadata("a", "1")
                .add("y", new int[] {2}, new int[2])
                .add("x", new int[] {1}, new float[1])
                .write(second);

        assertThat(second).hasSameBinaryContentAs(first);
    }

    @Test
    void alignsTheDataToEightBytes() throws IOException {
        for (int length = 1; length <= 9; length++) {
            Path path = folder.resolve("aligned");
            new SafetensorsWriter()
                    .add("n".repeat(length), new int[] {1}, new float[1])
                    .write(path);
            assertThat((Files.size(path) - 4) % 8).isZero();
        }
    }

    @Test
    void addsACounterForEveryBatchNorm() {
        Path path = folder.resolve("norms");
        new SafetensorsWriter()
                .add("bn1.running_mean", new int[] {1}, new float[1])
                .add("l.bn.running_mean", new int[] {1}, new float[1])
                .add("mean", new int[] {1}, new float[1])
                .batchesTracked(7)
                .write(path);

        try (WeightFile file = WeightFile.open(path)) {
            assertThat(file.tensors())
                    .containsOnlyKeys(
                            "bn1.running_mean",
                            "bn1.num_batches_tracked",
                            "l.bn.running_mean",
                            "l.bn.num_batches_tracked",
                            "mean");
            assertThat(file.tensors().get("bn1.num_batches_tracked"))
                    .isEqualTo(new TensorInfo("bn1.num_batches_tracked", DType.I64, List.of()));
            assertThat(file.read("l.bn.num_batches_tracked")).containsExactly(7);
        }
    }

    @Test
    void refusesWhatNoFileCanHold() {
        SafetensorsWriter writer = new SafetensorsWriter().add("a", new int[] {1}, new float[1]);

        assertThatThrownBy(() -> writer.add("a", new int[] {1}, new float[1]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a was added twice");
        assertThatThrownBy(() -> writer.add("b", new int[] {2, 2}, new float[3]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("b has 3 values, its shape wants 4");
        assertThatThrownBy(() -> writer.add("__metadata__", new int[] {1}, new float[1]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void writesAMatrixRowByRow() {
        int columns = 999;
        java.util.List<float[]> rows = new java.util.ArrayList<>();
        for (int row = 0; row < 600; row++) { // more than is written at a time
            float[] values = new float[columns];
            for (int column = 0; column < columns; column++) {
                values[column] = row * 1000 + column;
            }
            rows.add(values);
        }
        Path file = folder.resolve("matrix.safetensors");
        new SafetensorsWriter().add("m", columns, rows).write(file);
        try (WeightFile read = WeightFile.open(file)) {
            assertThat(read.tensors().get("m").shape()).containsExactly(600, columns);
            float[] values = read.read("m");
            for (int i = 0; i < values.length; i++) {
                assertThat(values[i]).isEqualTo(i / columns * 1000 + i % columns);
            }
        }
        assertThatThrownBy(() -> new SafetensorsWriter().add("m", 998, rows))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("m has a row of 999 values, not 998");
    }
}
