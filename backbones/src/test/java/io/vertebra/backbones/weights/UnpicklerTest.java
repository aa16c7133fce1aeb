package io.vertebra.backbones.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pickles written by hand, operation by operation (Python's pickletools lists them). */
class UnpicklerTest {

    private static final String STORAGE = "(X\7\0\0\0storagectorch\nFloatStorage\nX\1\0\0\0kX\3\0\0\0cpuK\u0006tQ";

    @TempDir
    private Path folder;

    private Path path;

    @BeforeEach
    void makeAFile() throws IOException {
        path = Files.write(folder.resolve("p"), new byte[1]);
    }

    @Test
    void readsPlainValues() {
        assertThat(load("N")).isSameAs(Pickle.NONE);
        assertThat(load(0x88)).isEqualTo(true);
        assertThat(load(0x89)).isEqualTo(false);
        assertThat(load("J", 0xfe, 0xff, 0xff, 0xff)).isEqualTo(-2L);
        assertThat(load("K", 0xfe)).isEqualTo(254L);
        assertThat(load("M", 0xfe, 0xff)).isEqualTo(65534L);
        assertThat(load(0x8a, 0)).isEqualTo(0L);
        assertThat(load(0x8a, 2, 0, 0xff)).isEqualTo(-256L);
        assertThat(load(0x8a, 3, 1, 2, 3)).isEqualTo(0x030201L);
        assertThat(load(0x8a, 8, 0, 0, 0, 0, 0, 0, 0, 0x80)).isEqualTo(Long.MIN_VALUE);
        assertThat(load(0x8a, 9, 0, 0, 0, 0, 0, 0, 0, 0, 1)).isEqualTo(BigInteger.ONE.shiftLeft(64));
        assertThat(load(0x8b, "\1\0\0\0\5")).isEqualTo(5L);
        assertThat(load("G", 0xbf, 0xf8, "\0\0\0\0\0\0")).isEqualTo(-1.5);
    }

    @Test
    void readsTextAndBytes() {
        assertThat(load("X\2\0\0\0ab")).isEqualTo("ab");
        assertThat(load(0x8c, "\2\u00c3\u00a4")).isEqualTo("\u00e4");
        assertThat(load(0x8d, "\1\0\0\0\0\0\0\0a")).isEqualTo("a");
        assertThat(load("U\1a")).isEqualTo("a");
        assertThat(load("T\1\0\0\0a")).isEqualTo("a");
        assertThat(load("B\2\0\0\0ab")).isEqualTo(new Pickle.Bytes(2));
        assertThat(load("C\1a")).isEqualTo(new Pickle.Bytes(1));
        assertThat(load(0x8e, "\1\0\0\0\0\0\0\0a")).isEqualTo(new Pickle.Bytes(1));
        assertThat(load(0x96, "\1\0\0\0\0\0\0\0a")).isEqualTo(new Pickle.Bytes(1));
        assertThat(load("c_codecs\nencode\nX\3\0\0\0abcX\6\0\0\0latin1", 0x86, "R"))
                .isEqualTo(new Pickle.Bytes(3));
    }

    @Test
    void readsContainers() {
        assertThat(items("]K\1aK\2a")).containsExactly(1L, 2L);
        assertThat(items("](K\1K\2e")).containsExactly(1L, 2L);
        assertThat(items("(K\1K\2l")).containsExactly(1L, 2L);
        assertThat(items(0x8f, "(K\1K\2", 0x90)).containsExactly(1L, 2L);
        assertThat(items("(K\1", 0x91)).containsExactly(1L);
        assertThat(items("cbuiltins\nset\n](K\1e", 0x85, "R")).containsExactly(1L);
        assertThat(items("c__builtin__\nset\n)R")).isEmpty();
        assertThat(items("cbuiltins\nfrozenset\n](K\1e", 0x85, "R")).containsExactly(1L);
        assertThat(dict("}K\1K\2s")).isEqualTo(Map.of(1L, 2L));
        assertThat(dict("}(K\1K\2K\3K\4u")).isEqualTo(Map.of(1L, 2L, 3L, 4L));
        assertThat(dict("(K\1K\2d")).isEqualTo(Map.of(1L, 2L));
        assertThat(dict("ccollections\nOrderedDict\n)R")).isEmpty();
        assertThat(dict("ccollections\nOrderedDict\n]K\1K\2", 0x86, "a](K\3K\4ea", 0x85, "R"))
                .isEqualTo(Map.of(1L, 2L, 3L, 4L));
        assertThat(dict("}}b")).isEmpty();
        assertThat(dict("}]K\1s").values()).containsExactly(1L);
        assertThat(tuple(")")).isEmpty();
        assertThat(tuple("K\1", 0x85)).containsExactly(1L);
        assertThat(tuple("K\1K\2", 0x86)).containsExactly(1L, 2L);
        assertThat(tuple("K\1K\2K\3", 0x87)).containsExactly(1L, 2L, 3L);
        assertThat(tuple("(K\1K\2K\3K\4t")).containsExactly(1L, 2L, 3L, 4L);
        assertThat(tuple("ctorch\nSize\nK\1K\2", 0x86, 0x85, "R")).containsExactly(1L, 2L);
        assertThat(load("ctorch\ndevice\nX\4\0\0\0cuda", 0x85, "R")).isEqualTo("cuda");
    }

    @Test
    void movesValuesOnItsStackAndInItsMemo() {
        assertThat(tuple("K\1K\2", "0", "2", 0x86)).containsExactly(1L, 1L);
        assertThat(tuple("K\1(K\2K\3", "1", 0x85)).containsExactly(1L);
        assertThat(tuple("K\7q\5K\1", 0x86, "0h\5", 0x85)).containsExactly(7L);
        assertThat(tuple("K\7r\0\1\0\0K\1", 0x86, "0j\0\1\0\0", 0x85)).containsExactly(7L);
        assertThat(tuple("(K\7", 0x94, "K\u0008", 0x94, "h\0h\1t")).containsExactly(7L, 8L, 7L, 8L);
        assertThat(load(0x95, "\3\0\0\0\0\0\0\0K\1")).isEqualTo(1L); // the frame is all that is left
        refuses("pickle ends early: 4 bytes wanted, 3 left", 0x95, "\4\0\0\0\0\0\0\0K\1");
        assertThat(load(0x8c, "\5torch", 0x8c, "\4Size", 0x93)).isEqualTo(Pickle.Global.SIZE);
    }

    @Test
    void standsBehindThePickleAfterwards() {
        ByteBuffer two = buffer(0x80, 2, "K\1.", 0x80, 2, "K\2.");
        try (FileBytes file = FileBytes.open(path)) {
            assertThat(new Unpickler(file, "p", two, new TorchObjects()).load()).isEqualTo(1L);
            assertThat(two.position()).isEqualTo(5);
            assertThat(new Unpickler(file, "p", two, new TorchObjects()).load()).isEqualTo(2L);
        }
    }

    @Test
    void buildsTensorsOverStorages() {
        Pickle.Tensor tensor = (Pickle.Tensor)
                load("ctorch._utils\n_rebuild_tensor_v2\n(", STORAGE, "K\1K\2K\2", 0x86, "K\2K\1", 0x86, 0x89, "NtR");

        assertThat(tensor)
                .isEqualTo(new Pickle.Tensor(new Pickle.Storage(DType.F32, "k", 6), 1, List.of(2, 2), List.of(2L, 1L)));
        assertThat(tensor.isContiguous()).isTrue();
        Pickle.Tensor parameter = (Pickle.Tensor) load(
                "ctorch._utils\n_rebuild_parameter\n(ctorch._utils\n_rebuild_tensor\n(",
                STORAGE,
                "K\0K\2K\2",
                0x86,
                "K\1K\2",
                0x86,
                "tR",
                0x88,
                "NtR");
        assertThat(parameter.isContiguous()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({ // offset, shape, strides over 6 elements
        "0, 6, 1, true",
        "0, 7, 1, false",
        "1, 6, 1, false",
        "1, 5, 1, true",
        "0, 3, 2, true",
        "1, 3, 2, true",
        "2, 3, 2, false",
        "6, 0, 1, true",
        "7, 0, 1, false",
        "0, 6, 0, true",
        "0, 7, 0, false",
        "5, 1, 9, true"
    })
    void checksThatTensorsStayInTheirStorage(int offset, int size, int stride, boolean fits) {
        Object[] pickle = {
            "ctorch._utils\n_rebuild_tensor\n(", STORAGE, "K", offset, "K", size, 0x85, "K", stride, 0x85, "tR"
        };

        if (fits) {
            assertThat(((Pickle.Tensor) load(pickle)).shape()).containsExactly(size);
        } else {
            refuses(
                    "tensor of shape [" + size + "] and strides [" + stride + "] at " + offset
                            + " leaves its storage of 6 elements",
                    pickle);
        }
    }

    @Test
    void checksShapesThatOverflow() {
        String most = "J" + "\u00ff\u00ff\u00ff\u007f";
        refuses(
                "is too large",
                "ctorch._utils\n_rebuild_tensor\n(",
                STORAGE,
                "K\0(",
                most,
                most,
                most,
                "t(",
                most,
                most,
                most,
                "ttR");
        refuses(
                "bad tensor: -1 as a size or stride",
                "ctorch._utils\n_rebuild_tensor\n(",
                STORAGE,
                "K\0J",
                0xff,
                0xff,
                0xff,
                0xff,
                0x85,
                "K\1",
                0x85,
                "tR");
        refuses(
                "bad tensor: shape [1], strides [1, 1], offset 0",
                "ctorch._utils\n_rebuild_tensor\n(",
                STORAGE,
                "K\0K\1",
                0x85,
                "K\1K\1",
                0x86,
                "tR");
        refuses(
                "bad tensor: shape [1], strides [1], offset -1",
                "ctorch._utils\n_rebuild_tensor\n(",
                STORAGE,
                "J",
                0xff,
                0xff,
                0xff,
                0xff,
                "K\1",
                0x85,
                "K\1",
                0x85,
                "tR");
        refuses("bad arguments of a tensor", "ctorch._utils\n_rebuild_tensor\n(", STORAGE, "K\0K\1", 0x85, "tR");
        refuses(
                "a shape that is no tuple, or has more than 64",
                "ctorch._utils\n_rebuild_tensor\n(",
                STORAGE,
                "K\0(",
                "K\1".repeat(65),
                "t(",
                "K\1".repeat(65),
                "ttR");
    }

    @Test
    void refusesStoragesThatAreNone() {
        refuses("a persistent id that is no storage", "K\1Q");
        refuses("a persistent id that is no storage", STORAGE.replace("FloatStorage", "Size"));
        refuses("a persistent id that is no storage", STORAGE.replace("storage", "Storage"));
        refuses("a persistent id that is no storage", STORAGE.replace("K\u0006", "J\u00ff\u00ff\u00ff\u00ff"));
        refuses("named twice with another type or size", STORAGE, STORAGE.replace("K\u0006", "K\u0007"));
        refuses("is a view of another storage", STORAGE.replace("K\u0006t", "K\u0006K\1t"));
        assertThat(load(STORAGE.replace("K\u0006t", "K\u0006Nt"))).isEqualTo(new Pickle.Storage(DType.F32, "k", 6));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "cos\\nsystem\\n|global os.system is not on the allow list; nothing was executed",
                "c__torch__.models\\nNet\\n|global __torch__.models.Net is not on the allow list; nothing was executed (a TorchScript archive? save its state_dict)",
                "cbuiltins\\nlist\\n|global builtins.list is not on the allow list",
                "c__builtin__\\neval\\n|global __builtin__.eval is not on the allow list",
                "ctorch\\nfloatstorage\\n|global torch.floatstorage is not on the allow list",
            })
    void refusesGlobalsThatAreNotAllowed(String pickle, String complaint) {
        refuses(complaint, pickle.replace("\\n", "\n"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0|takes from an empty stack",
                "2|takes from an empty stack",
                "q0|takes from an empty stack",
                "K1(0|takes from an empty stack",
                "1|no mark on the stack",
                "t|no mark on the stack",
                "h0|memo 48 is empty",
                "R|takes from an empty stack",
                "K1K1R|calls something that is no function",
                "ctorch\\nFloatStorage\\n)R|calls the type FLOAT_STORAGE",
                "K1K1a|adds to something that is no list",
                "K1K1K1s|sets an item of something that is no dict",
                "}(K1u|a key without value",
                "]}b|sets the state of something that is no dict",
                "ccollections\\nOrderedDict\\nK1tR|no mark",
                "I1\\n|pickle operation 0x49 is not allowed",
                "i|pickle operation 0x69 is not allowed",
                "o|pickle operation 0x6f is not allowed",
                "P|pickle operation 0x50 is not allowed",
                "K1K1|values left on the stack",
            })
    void refusesBadPickles(String pickle, String complaint) {
        refuses(complaint, pickle.replace("\\n", "\n"));
    }

    @Test
    void refusesBadArguments() {
        refuses("an OrderedDict of something that is no list", "ccollections\nOrderedDict\nK\1", 0x85, "R");
        refuses("an OrderedDict of something that is no pair", "ccollections\nOrderedDict\n]K\1a", 0x85, "R");
        refuses("a parameter without tensor", "ctorch._utils\n_rebuild_parameter\nK\1", 0x85, "R");
        refuses("calls something that is no function", "ctorch\nSize\n]R");
        refuses("a name that is no text", "K\1K\1", 0x93);
        refuses("values left on the stack", "(K\1");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 6})
    void refusesOtherProtocols(int version) {
        ByteBuffer data = buffer(0x80, version, "N.");
        try (FileBytes file = FileBytes.open(path)) {
            Unpickler unpickler = new Unpickler(file, "p", data, new TorchObjects());
            assertThatThrownBy(unpickler::load)
                    .hasMessageEndingWith("p at offset 0: pickle protocol " + version + " is not read");
        }
    }

    @Test
    void refusesLengthsBeyondTheEnd() {
        refuses("pickle ends early: 5 bytes wanted, 1 left", "X\5\0\0\0");
        refuses("pickle ends early: 4294967295 bytes wanted, 1 left", "X", 0xff, 0xff, 0xff, 0xff);
        refuses("pickle ends early: -1 bytes wanted, 1 left", 0x8b, 0xff, 0xff, 0xff, 0xff);
        refuses("pickle ends early: -1 bytes wanted, 1 left", 0x8e, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff);
        refuses("pickle ends early: 16 bytes wanted, 1 left", 0x95, 16, "\0\0\0\0\0\0\0");
        refuses("pickle ends early: 1 bytes wanted, 0 left", "ctorch");
    }

    @Test
    void stopsAfterAMillionOperations() {
        refuses("pickle has more than 1000000 operations", "N0".repeat(500_000));
    }

    @Test
    void doesNotWalkIntoWhatItBuilds() {
        Pickle.Items self = (Pickle.Items) load("]q\0h\0a");
        assertThat(self.values().get(0)).isSameAs(self);
        StringBuilder bomb = new StringBuilder("]q\0");
        for (int i = 0; i < 40; i++) {
            bomb.append("0](h\0h\0h\0eq\0");
        }
        assertThat(((Pickle.Items) load(bomb.toString())).values()).hasSize(3);
        assertThat(dict("}h\0".replace("h\0", "]q\0h\0a") + "K\1s").values()).containsExactly(1L);
    }

    private void refuses(String complaint, Object... operations) {
        assertThatThrownBy(() -> load(operations))
                .isInstanceOfSatisfying(
                        WeightsException.class, e -> assertThat(e.reason()).contains(complaint));
    }

    private List<Object> items(Object... operations) {
        return ((Pickle.Items) load(operations)).values();
    }

    private Map<Object, Object> dict(Object... operations) {
        return ((Pickle.Dict) load(operations)).values();
    }

    private List<Object> tuple(Object... operations) {
        return ((Pickle.Tuple) load(operations)).values();
    }

    private Object load(Object... operations) {
        ByteBuffer data = buffer(0x80, 2, Fixtures.bytes(operations), ".");
        try (FileBytes file = FileBytes.open(path)) {
            return new Unpickler(file, "p", data, new TorchObjects()).load();
        }
    }

    private static ByteBuffer buffer(Object... pieces) {
        return ByteBuffer.wrap(Fixtures.bytes(pieces)).order(ByteOrder.LITTLE_ENDIAN);
    }
}
