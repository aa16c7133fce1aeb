package io.vertebra.backbones.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that torch.save wrote, against what torch says of them (tools/goldens/weights_torch_files.py). */
class PyTorchTest {

    private final JsonNode goldens = goldens();

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"types.pt, types", "types_legacy.pt, types", "nested.pt, nested", "nested_legacy.pt, nested"})
    void readsWhatTorchWrote(String name, String golden) throws IOException {
        try (WeightFile file = WeightFile.open(Fixtures.copy(folder, name))) {
            List<String> names = new ArrayList<>();
            goldens.get(golden).fieldNames().forEachRemaining(names::add);
            assertThat(file.tensors().keySet()).containsExactlyElementsOf(names);
            for (TensorInfo tensor : file.tensors().values()) {
                JsonNode want = goldens.get(golden).get(tensor.name());
                assertThat(tensor.type().name())
                        .as(tensor.name())
                        .isEqualTo(want.get("type").asText());
                assertThat(Fixtures.json(tensor.shape().toString()))
                        .as(tensor.name())
                        .isEqualTo(want.get("shape"));
                float[] values = new float[want.get("values").size()];
                for (int i = 0; i < values.length; i++) {
                    values[i] =
                            (float) Double.parseDouble(want.get("values").get(i).asText());
                }
                assertThat(file.read(tensor.name())).as(tensor.name()).containsExactly(values);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nested.pt", "nested_legacy.pt"})
    void showsTheScalarsBesideTheStateDict(String name) throws IOException {
        try (WeightFile file = WeightFile.open(Fixtures.copy(folder, name))) {
            assertThat(file.metadata())
                    .isEqualTo(Map.of(
                            "epoch",
                            "3",
                            "best",
                            "0.5",
                            "arch",
                            "tiny",
                            "done",
                            "true",
                            "negative",
                            "-7",
                            "device",
                            "cpu",
                            "text",
                            "h\u00e4"));
            assertThat(file.notes()).isEmpty();
            assertThatThrownBy(() -> file.read("absent")).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"resnet20_cifar10.th", "fastestdet_coco.pth", "shufflenetv2_0.5x_backbone.pth"})
    void readsRealFiles(String name) {
        try (WeightFile file = WeightFile.open(Fixtures.shared("weights/" + name))) {
            JsonNode want = goldens.get("real").get(name);
            assertThat(file.tensors()).hasSize(want.size());
            want.properties()
                    .forEach(entry -> assertThat(file.read(entry.getKey())[
                                    entry.getValue().get(0).asInt()])
                            .as(entry.getKey())
                            .isEqualTo((float) entry.getValue().get(1).asDouble()));
        }
    }

    @ParameterizedTest
    @CsvSource({"namespace.pt, argparse.Namespace", "numpy_scalar.pt, numpy.core.multiarray.scalar"})
    void refusesOtherObjects(String name, String global) throws IOException {
        Path path = Fixtures.copy(folder, name);

        assertThatThrownBy(() -> WeightFile.open(path))
                .isInstanceOf(WeightsException.class)
                .hasMessageEndingWith("/data.pkl at offset 193: global " + global
                        + " is not on the allow list; nothing was executed");
    }

    @ParameterizedTest
    @CsvSource({"0, 3, 1", "1, 3, 15", "1, 3, 16", "1, 3, 24", "1, 3, 25", "2, 2, 17", "2, 2, 40", "7, 1, 1", "9, 0, 5"
    })
    void readsViewsNearAndFar(int offset, int size, int stride) throws IOException {
        byte[] storage = new byte[60]; // U8: element i is i
        for (int i = 0; i < storage.length; i++) {
            storage[i] = (byte) i;
        }
        byte[] pickle = Fixtures.bytes(
                0x80,
                2,
                "}X\1\0\0\0wctorch._utils\n_rebuild_tensor\n((X\7\0\0\0storagectorch\nByteStorage\nX\1\0\0\0000X\3\0\0\0cpuK",
                60,
                "tQK",
                offset,
                "K",
                size,
                0x85,
                "K",
                stride,
                0x85,
                "tRs.");
        Path path = Files.write(
                folder.resolve("views.pt"), Fixtures.zip(Map.of("x/data.pkl", pickle, "x/data/0", storage)));
        float[] wanted = new float[size];
        for (int i = 0; i < size; i++) {
            wanted[i] = offset + i * stride;
        }

        try (WeightFile file = WeightFile.open(path)) {
            assertThat(file.read("w")).containsExactly(wanted);
        }
    }

    @Test
    void noticesADamagedStorageEachTimeItIsRead() throws IOException {
        byte[] bytes = Fixtures.resource("types.pt");
        int at = indexOf(bytes, Fixtures.bytes(0, 0, 0x80, 0xbf, 0, 0, 0x60, 0xbf)); // -1, -0.875
        bytes[at] ^= 1;
        try (WeightFile file = WeightFile.open(Files.write(folder.resolve("damaged.pt"), bytes))) {
            for (String name : List.of("tail", "tail", "transposed")) {
                assertThatThrownBy(() -> file.read(name))
                        .isInstanceOf(WeightsException.class)
                        .hasMessageContaining("CRC differs");
            }
            assertThat(file.read("parameter")).containsExactly(0.5f, 1.5f);
        }
    }

    @Test
    void noticesADamagedPickle() throws IOException {
        byte[] bytes = Fixtures.resource("types.pt");
        bytes[indexOf(bytes, Fixtures.latin("every_second"))] = 'f';
        Path path = Files.write(folder.resolve("damaged.pt"), bytes);

        assertThatThrownBy(() -> WeightFile.open(path))
                .hasMessageEndingWith("zip entry types/data.pkl: CRC differs: the file is damaged");
    }

    @Test
    void refusesBigEndianArchives() throws IOException {
        Path path = Files.write(
                folder.resolve("big.pt"),
                Fixtures.zip(
                        Map.of("x/byteorder", Fixtures.latin("big"), "x/data.pkl", Fixtures.bytes(0x80, 2, "}."))));

        assertThatThrownBy(() -> WeightFile.open(path))
                .hasMessageEndingWith("x/byteorder: big-endian files are not read");
    }

    @Test
    void refusesTwoPickles() throws IOException {
        byte[] pickle = Fixtures.bytes(0x80, 2, "}.");
        Path path =
                Files.write(folder.resolve("two.pt"), Fixtures.zip(Map.of("x/data.pkl", pickle, "y/data.pkl", pickle)));

        assertThatThrownBy(() -> WeightFile.open(path)).hasMessageContaining("more than one data.pkl");
    }

    @Test
    void findsThePickleInTheFirstFolderOnly() throws IOException {
        byte[] pickle = Fixtures.bytes(0x80, 2, "}.");
        Path top =
                Files.write(folder.resolve("top.pt"), Fixtures.zip(Map.of("data.pkl", pickle, "x/y/data.pkl", pickle)));

        try (WeightFile file = WeightFile.open(top)) {
            assertThat(file.notes())
                    .containsExactly(
                            "holds no tensors under names (a state dict is wanted, at the top or under one of [state_dict, model_state_dict, model_state, model])");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0|7|zip entry made/data/0: has 24 bytes, the pickle says 7 elements of F32",
                "1|6|zip entry made/data/1: missing; the pickle names it"
            })
    void refusesStoragesThatAreNotAsThePickleSays(String key, int elements, String complaint) throws IOException {
        Path path = Fixtures.torch(folder, tensor(key, elements, "\u0001\u0002"));

        assertThatThrownBy(() -> WeightFile.open(path)).hasMessageEndingWith(complaint);
    }

    @Test
    void notesEntriesThatAreNoTensors() throws IOException {
        Path path = Fixtures.torch(folder, tensor("0", 6, "\u0001\u0002"));

        try (WeightFile file = WeightFile.open(path)) {
            assertThat(file.tensors()).isEqualTo(Map.of("w", new TensorInfo("w", DType.F32, List.of(1, 2))));
            assertThat(file.notes()).containsExactly("1 entries are not tensors and were passed over");
        }
    }

    @Test
    void refusesLegacyFilesThatAreCutOrGoOn() throws IOException {
        byte[] bytes = Fixtures.resource("types_legacy.pt");
        Path path = folder.resolve("cut.pt");
        Files.write(path, Arrays.copyOf(bytes, bytes.length - 1));
        assertThatThrownBy(() -> WeightFile.open(path))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining("ends behind the file");
        Files.write(path, Arrays.copyOf(bytes, bytes.length + 1));
        assertThatThrownBy(() -> WeightFile.open(path))
                .hasMessageEndingWith("goes on after its last storage by 1 bytes");
    }

    @Test
    void refusesOtherPickles() throws IOException {
        Path path = Files.write(folder.resolve("list.pkl"), Fixtures.bytes(0x80, 2, "]."));

        assertThatThrownBy(() -> WeightFile.open(path))
                .hasMessageEndingWith("pickle: is a Python pickle but not torch's");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "M\u00ea\u0003.|protocol: unknown version of torch's format",
                "M\u00e9\u0003.|system: only little-endian files are read",
            })
    void refusesOtherLegacyHeads(String protocol, String complaint) throws IOException {
        byte[] magic = Arrays.copyOf(Fixtures.resource("types_legacy.pt"), 15);
        byte[] bytes = Fixtures.bytes(magic, 0x80, 2, protocol, 0x80, 2, "}X\r\0\0\0little_endian", 0x89, "s.");
        Path path = Files.write(folder.resolve("head.pt"), bytes);

        assertThatThrownBy(() -> WeightFile.open(path)).hasMessageEndingWith(complaint);
    }

    @Test
    void refusesLegacyStoragesThatDoNotMatchThePickle() throws IOException {
        byte[] bytes = Fixtures.resource("types_legacy.pt");
        // the last storage is the parameter's: 2 elements, then 0.5 and 1.5
        int at = indexOf(bytes, Fixtures.bytes(2, new byte[7], 0, 0, 0, 0x3f, 0, 0, 0xc0, 0x3f));
        bytes[at] = 1;
        Path path = Files.write(folder.resolve("storages.pt"), bytes);

        assertThatThrownBy(() -> WeightFile.open(path)).hasMessageContaining("has 1 elements, the pickle says 2");
    }

    /** {'w': a tensor (1, 2) with these strides over a storage of floats, 'n': 1}. */
    private static byte[] tensor(String key, int elements, String strides) {
        byte[] name = key.getBytes(StandardCharsets.UTF_8);
        return Fixtures.bytes(
                0x80,
                2,
                "}(X\1\0\0\0wctorch._utils\n_rebuild_tensor_v2\n((X\7\0\0\0storagectorch\nFloatStorage\nX",
                name.length,
                "\0\0\0",
                name,
                "X\3\0\0\0cpuK",
                elements,
                "tQK\0K\1K\2",
                0x86,
                "K",
                (int) strides.charAt(1),
                "K",
                (int) strides.charAt(0),
                0x86,
                0x89,
                "NtRX\1\0\0\0nK\1u.");
    }

    private static int indexOf(byte[] bytes, byte[] wanted) {
        for (int i = 0; i + wanted.length <= bytes.length; i++) {
            if (Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
                return i;
            }
        }
        return -1;
    }

    private static JsonNode goldens() {
        try {
            return Fixtures.json(new String(Fixtures.resource("torch_files.json"), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
