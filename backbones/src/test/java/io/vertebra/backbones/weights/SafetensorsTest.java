package io.vertebra.backbones.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsTest {

    private static final String A = "'a':{'dtype':'U8','shape':[2,1],'data_offsets':[0,2]}";

    @TempDir
    private Path folder;

    @Test
    void readsNamesTypesShapesAndValues() throws IOException {
        Path path = made(
                "{'b':{'dtype':'I16','shape':[],'data_offsets':[2,4]}," + A
                        + ",'__metadata__':{'k':'v'},'e':{'dtype':'F32','shape':[0,7],'data_offsets':[4,4]}}  ",
                4);

        try (WeightFile file = WeightFile.open(path)) {
            assertThat(file.format()).isEqualTo(WeightFormat.SAFETENSORS);
            assertThat(file.file()).isEqualTo(path);
            assertThat(file.tensors().keySet()).containsExactly("b", "a", "e");
            assertThat(file.tensors().get("a")).isEqualTo(new TensorInfo("a", DType.U8, List.of(2, 1)));
            assertThat(file.metadata()).isEqualTo(Map.of("k", "v"));
            assertThat(file.notes()).isEmpty();
            assertThat(file.read("a")).containsExactly(1, 2);
            assertThat(file.read("b")).containsExactly(3 + 4 * 256);
            assertThat(file.read("e")).isEmpty();
            assertThatThrownBy(() -> file.read("c"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("no tensor c");
        }
    }

    @Test
    void noticesThatThereIsNothing() throws IOException {
        try (WeightFile file = WeightFile.open(made("{}", 0))) {
            assertThat(file.notes()).containsExactly("holds no tensors");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{A} {}|2|header: goes on after its object",
                "{A,'c':7}|2|tensor c: must be an object",
                "{'__metadata__':[],A}|2|header: __metadata__ must be an object",
                "{'__metadata__':{'k':'1','k':'2'},A}|2|header: duplicate metadata key k",
                "{'__metadata__':{},A,'__metadata__':{}}|2|header: duplicate tensor name __metadata__",
                "{'a':{'dtype':'U8','shape':[2],'data_offsets':[0,2],'more':1}}|2|tensor a: unknown key more",
                "{'a':{'dtype':'U8','dtype':'U8','shape':[2],'data_offsets':[0,2]}}|2|tensor a: duplicate key dtype",
                "{'a':{'dtype':'U8','shape':[2],'shape':[2],'data_offsets':[0,2]}}|2|tensor a: duplicate key shape",
                "{'a':{'dtype':'U8','shape':[2],'data_offsets':[0,2],'data_offsets':[0,2]}}|2|tensor a: duplicate key data_offsets",
                "{'a':{'shape':[2],'data_offsets':[0,2]}}|2|tensor a: dtype missing",
                "{'a':{'dtype':'U8','data_offsets':[0,2]}}|2|tensor a: shape missing",
                "{'a':{'dtype':7,'shape':[2],'data_offsets':[0,2]}}|2|tensor a: dtype must be text",
                "{'a':{'dtype':'U8','shape':2,'data_offsets':[0,2]}}|2|tensor a: bad shape: not a list",
                "{'a':{'dtype':'U8','shape':[2.0],'data_offsets':[0,2]}}|2|tensor a: bad shape: 2.0 is no whole number of 64 bits",
                "{'a':{'dtype':'U8','shape':[2],'data_offsets':[0]}}|2|tensor a: bad data_offsets [0]",
                "{'a':{'dtype':'U8','shape':[2],'data_offsets':[-2,0]}}|2|tensor a: bad data_offsets [-2, 0]",
                "{'a':{'dtype':'U8','shape':[2],'data_offsets':[2,0]}}|2|tensor a: bad data_offsets [2, 0]",
                "{'a':{'dtype':'U8','shape':[2],'data_offsets':[0,2,4]}}|2|tensor a: bad data_offsets [0, 2, 4]",
                "{'a':{'dtype':'U8','shape':[0,4294967296],'data_offsets':[0,0]}}|0|tensor a: bad shape [0, 4294967296]",
                "{'a':{'dtype':'U8','shape':[4294967296],'data_offsets':[0,4294967296]}}|0|tensor a: shape [4294967296] is too large: more than 2^31 elements",
                "{'a':{'dtype':'U8','shape':[2],'data_offsets':[0,2]}|2|header: is not JSON",
                "{A,'b':{'dtype':'U8','shape':[2],'data_offsets':[1,3]}}|3|tensor b: overlaps the tensor before it",
                "{A,'b':{'dtype':'U8','shape':[1],'data_offsets':[3,4]}}|4|tensor b: hole of 1 bytes before it",
                "{A,'b':{'dtype':'U8','shape':[3],'data_offsets':[2,5]}}|4|tensor b: ends behind the file",
                "{A}|3|file is longer than its tensors by 1 bytes",
            })
    void refusesWhatBreaksTheRules(String header, int dataBytes, String complaint) throws IOException {
        Path path = made(header.replace("{A", "{" + A).replace(",A", "," + A), dataBytes);

        assertThatThrownBy(() -> WeightFile.open(path))
                .isInstanceOf(WeightsException.class)
                .hasMessageStartingWith(path + ": " + complaint)
                .hasMessageMatching("[^\n]*");
    }

    @Test
    void refusesNestingThatIsTooDeep() throws IOException {
        Path path = made("{'a':" + "[".repeat(5000), 0);

        assertThatThrownBy(() -> WeightFile.open(path))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining("tensor a: must be an object");
        Path within = made("{'__metadata__':{'k':" + "[".repeat(5000), 0);
        assertThatThrownBy(() -> WeightFile.open(within))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining("must be strings");
    }

    @Test
    void looksAtTheHeadersLengthBeforeAllocating() throws IOException {
        Path path = folder.resolve("long.safetensors");
        ByteBuffer head = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        Files.write(path, head.putLong(0, 100_000_001).put(8, (byte) '{').array());
        assertThatThrownBy(() -> WeightFile.open(path))
                .hasMessageEndingWith("header: too large: 100000001 bytes, at most 100000000");
        Files.write(path, head.putLong(0, 100_000_000).array());
        assertThatThrownBy(() -> WeightFile.open(path))
                .hasMessageEndingWith("header: ends behind the file: 100000000 bytes, the file has 16");
    }

    @Test
    void refusesTooManyTensors() throws IOException {
        StringBuilder header = new StringBuilder("{");
        for (int i = 0; i <= 100_000; i++) {
            header.append(i == 0 ? "" : ",")
                    .append("'")
                    .append(i)
                    .append("':{'dtype':'U8','shape':[0],'data_offsets':[0,0]}");
        }
        Path path = made(header + "}", 0);

        assertThatThrownBy(() -> WeightFile.open(path)).hasMessageEndingWith("header: more than 100000 tensors");
    }

    @Test
    void readsTensorsLongerThanItsBuffer() throws IOException {
        float[] values = new float[700_001];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        Path path = folder.resolve("large.safetensors");
        new SafetensorsWriter()
                .add("x", new int[] {values.length}, values)
                .add("a", new int[] {1}, new long[] {5})
                .write(path);

        try (WeightFile file = WeightFile.open(path)) {
            assertThat(file.read("x")).isEqualTo(values);
        }
    }

    @Test
    void saysSoWhenItIsClosed() throws IOException {
        WeightFile file = WeightFile.open(made("{" + A + "}", 2));
        file.close();
        file.close();

        assertThatThrownBy(() -> file.read("a")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void noticesThatTheFileBecameShorter() throws IOException {
        Path path = made("{" + A + "}", 2);
        try (WeightFile file = WeightFile.open(path)) {
            Files.write(path, new byte[9]);
            assertThatThrownBy(() -> file.read("a"))
                    .isInstanceOf(WeightsException.class)
                    .hasMessageContaining("became shorter");
        }
    }

    private Path made(String header, int dataBytes) throws IOException {
        return Fixtures.safetensors(folder, header.replace('\'', '"'), dataBytes);
    }
}
