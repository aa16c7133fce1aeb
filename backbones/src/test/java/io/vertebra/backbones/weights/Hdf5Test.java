package io.vertebra.backbones.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A file laid out by hand: superblock at 0, root header at 96, its B-tree at 200, heap at 300, names at 340, symbols at 400, dataset header at 500, data at 700. */
class Hdf5Test {

    private static final int TREE = 200;
    private static final int HEAP = 300;
    private static final int SYMBOLS = 400;
    private static final int DATASET = 500;
    private static final int SPACE = DATASET + 24;
    private static final int TYPE = SPACE + 24 + 8;
    private static final int LAYOUT = TYPE + 24 + 8;
    private static final int SIZE = 724;

    @TempDir
    private Path folder;

    private final byte[] bytes = whole();
    private final ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);

    @Test
    void readsADataset() throws IOException {
        try (WeightFile open = open()) {
            assertThat(open.format()).isEqualTo(WeightFormat.HDF5);
            assertThat(open.tensors().values()).containsExactly(new TensorInfo("w", DType.F32, List.of(2, 3)));
            assertThat(open.read("w")).containsExactly(0, 1, 2, 3, 4, 5);
            assertThat(open.metadata()).isEmpty();
            assertThat(open.notes()).isEmpty();
            assertThatThrownBy(() -> open.read("x")).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @ParameterizedTest
    @CsvSource({ // class and version, first bits, size, exponent bits, extents 2 x e, type
        "17, 32, 8, 11, 2, 3, F64",
        "17, 32, 2, 5, 4, 3, F16",
        "17, 32, 2, 8, 4, 3, BF16",
        "16, 8, 8, 0, 1, 3, I64",
        "16, 8, 4, 0, 2, 3, I32",
        "16, 8, 2, 0, 4, 3, I16",
        "16, 8, 1, 0, 8, 3, I8",
        "16, 0, 1, 0, 8, 3, U8"
    })
    void knowsNumbers(int kind, int bits, int size, int exponent, int rows, int columns, DType type)
            throws IOException {
        type(kind, bits, size, exponent);
        file.putLong(SPACE + 8, rows).putLong(SPACE + 16, columns).putLong(LAYOUT + 10, (long) rows * columns * size);
        file.putLong(16 + 24, 700 + 48);

        try (WeightFile open = WeightFile.open(Files.write(folder.resolve("x.h5"), Arrays.copyOf(bytes, 800)))) {
            assertThat(open.tensors().get("w").type()).isEqualTo(type);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "19, 0, 4, 0",
        "16, 0, 4, 0",
        "16, 0, 2, 0",
        "16, 0, 8, 0",
        "17, 32, 4, 5",
        "17, 32, 16, 15",
        "17, 32, 2, 6",
        "17, 32, 8, 8",
        "17, 32, 1, 4"
    })
    void passesOverWhatIsNoNumber(int kind, int bits, int size, int exponent) throws IOException {
        type(kind, bits, size, exponent);

        try (WeightFile open = open()) {
            assertThat(open.tensors()).isEmpty();
            assertThat(open.notes())
                    .containsExactly(
                            "dataset w is not of numbers that are read and was passed over", "holds no tensors");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = { // offset, byte, complaint
                "8|2|superblock: bad or newer HDF5 superblock: version 2, 0 or 1 is read",
                "13|4|superblock: bad HDF5 superblock: addresses of 4",
                "14|4|superblock: bad HDF5 superblock: addresses of 8 and lengths of 4",
                "24|1|superblock: HDF5 files with a user block are not read",
                "42|1|superblock: HDF5 file is truncated: 724 of",
                "64|95|/: bad or newer HDF5 object header at 95",
                "96|2|/: bad or newer HDF5 object header at 96: version 2, 1 is read",
                "112|1|/: bad HDF5 dataspace",
                "112|2|/: groups of newer HDF5 files are not read",
                "112|12|/: HDF5 object without extents or data",
                "114|17|/: bad HDF5 object header: a message leaves it",
                "200|0|/: bad HDF5 B-tree: no signature at 200",
                "204|1|/: bad HDF5 B-tree: node type 1",
                "300|0|/: bad HDF5 heap: no signature at 300",
                "309|255|/ heap: ends behind the file",
                "400|0|/: bad HDF5 B-tree: no signature at 400",
                "408|90|/: bad HDF5 name at 90",
                "408|12|/: bad HDF5 name at 12",
                "424|2|/: soft links are not read",
                "500|3|/w: bad or newer HDF5 object header at 500: version 3",
                "524|3|/w: bad HDF5 dataspace: version 3, rank 2",
                "525|33|/w: bad HDF5 dataspace: version 1, rank 33",
                "525|3|/w: bad HDF5 object header: a message is too short",
                "532|3|dataset w: shape and size disagree: F32 [3, 3] takes 36 bytes, not 24",
                "539|255|dataset w: bad shape",
                "557|33|/w: big-endian numbers are not read",
                "588|2|/w: HDF5 data layout version 2 is not read",
                "589|2|/w: chunked (perhaps compressed) HDF5 datasets are not read",
                "589|0|/w: compact HDF5 datasets are not read",
                "590|200|dataset w: HDF5 file is truncated: its data end behind the file",
            })
    void refusesWhatIsDamagedOrNotRead(int offset, int value, String complaint) {
        file.put(offset, (byte) value);

        assertThatThrownBy(this::open)
                .isInstanceOf(WeightsException.class)
                .hasMessageStartingWith(folder.resolve("x.h5") + ": " + complaint);
    }

    @Test
    void refusesDataThatWereNeverWritten() {
        file.putLong(LAYOUT + 2, -1);

        assertThatThrownBy(this::open).hasMessageEndingWith("/w: HDF5 object without extents or data");
    }

    @Test
    void followsContinuations() throws IOException {
        // the layout message moves to 660, a continuation takes its place
        byte[] message = new byte[32];
        file.get(LAYOUT - 8, message).put(660, message);
        file.putShort(LAYOUT - 8, (short) 0x10)
                .putShort(LAYOUT - 6, (short) 24)
                .putLong(LAYOUT, 660)
                .putLong(LAYOUT + 8, 32);
        file.putShort(DATASET + 2, (short) 4);

        try (WeightFile open = open()) {
            assertThat(open.read("w")).containsExactly(0, 1, 2, 3, 4, 5);
        }
        file.putShort(660, (short) 0x10).putLong(668, 660).putLong(676, 32).putShort(DATASET + 2, (short) 5000);
        assertThatThrownBy(this::open).hasMessageEndingWith("/w: bad HDF5 object header: it has no end");
    }

    @ParameterizedTest
    @CsvSource({ // offset of the message's length, the least that is enough
        "114, 16", "518, 24", "550, 20", "582, 18"
    })
    void wantsMessagesToBeLongEnough(int offset, int enough) throws IOException {
        int kind = file.getShort(offset - 2);
        int length = file.getShort(offset);
        // what was cut off the message becomes one of a kind that is passed over
        for (int now : new int[] {enough, enough - 1}) {
            byte[] copy = bytes.clone();
            ByteBuffer cut = ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN);
            cut.putShort(offset, (short) now);
            int header = offset < 500 ? 96 : DATASET;
            cut.putShort(header + 2, (short) (offset == 582 ? 3 : header == 96 ? 1 : 0));
            if (header == DATASET) {
                // alone in a header of its own at 660: no other message moves
                System.arraycopy(bytes, offset - 2, copy, 660, 8 + length);
                cut.putShort(662, (short) now);
                cut.putShort(DATASET + 2, (short) 4);
                cut.putShort(offset - 2, (short) 0x10)
                        .putShort(offset, (short) 24)
                        .putLong(offset + 6, 660)
                        .putLong(offset + 14, 8 + now);
            }
            Path path = Files.write(folder.resolve("x.h5"), copy);
            if (now == enough) {
                try (WeightFile open = WeightFile.open(path)) {
                    assertThat(open.read("w")).hasSize(6);
                }
            } else {
                assertThatThrownBy(() -> WeightFile.open(path))
                        .as("kind %d", kind)
                        .hasMessageEndingWith("bad HDF5 object header: a message is too short");
            }
        }
    }

    @Test
    void wantsContinuationsToBeLongEnough() {
        file.putShort(LAYOUT - 8, (short) 0x10).putShort(LAYOUT - 6, (short) 15);

        assertThatThrownBy(this::open).hasMessageEndingWith("/w: bad HDF5 object header: a message is too short");
    }

    @Test
    void visitsAGroupOnceThatContainsItself() throws IOException {
        file.putLong(SYMBOLS + 16, 96);

        assertThatThrownBy(this::open)
                .isInstanceOf(WeightsException.class)
                .hasMessageEndingWith("/w/: bad HDF5 B-tree: node 200 is linked twice");
    }

    @Test
    void followsNoLoopOfNodes() {
        file.putLong(TREE + 32, TREE);

        assertThatThrownBy(this::open).hasMessageEndingWith("/: bad HDF5 B-tree: node 200 is linked twice");
    }

    @Test
    void refusesTwoMembersOfOneName() {
        file.putShort(SYMBOLS + 6, (short) 2).put(SYMBOLS + 48, bytes, SYMBOLS + 8, 40);

        assertThatThrownBy(this::open).hasMessageEndingWith("/w: is linked twice");
    }

    @Test
    void readsSuperblockOne() throws IOException {
        ByteBuffer later = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
        later.put(bytes).put(8, (byte) 1).put(28, bytes, 24, 68);
        later.putInt(24, 0);
        // the root entry grows into its own header at 96, of which nothing is overwritten
        try (WeightFile open = WeightFile.open(Files.write(folder.resolve("x.h5"), later.array()))) {
            assertThat(open.tensors()).containsOnlyKeys("w");
        }
    }

    private void type(int kind, int bits, int size, int exponent) {
        file.put(TYPE, (byte) kind)
                .put(TYPE + 1, (byte) bits)
                .putInt(TYPE + 4, size)
                .put(TYPE + 13, (byte) exponent);
    }

    private WeightFile open() throws IOException {
        return WeightFile.open(Files.write(folder.resolve("x.h5"), bytes));
    }

    private static byte[] whole() {
        ByteBuffer b = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
        b.put("\u0089HDF\r\n\u001a\n".getBytes(StandardCharsets.ISO_8859_1));
        b.put(13, (byte) 8).put(14, (byte) 8).putLong(40, SIZE).putLong(64, 96);
        header(b, 96, 1, 24);
        message(b, 112, 0x11, 16);
        b.putLong(120, TREE).putLong(128, HEAP);
        b.put(TREE, "TREE".getBytes(StandardCharsets.US_ASCII))
                .putShort(TREE + 6, (short) 1)
                .putLong(TREE + 32, SYMBOLS);
        b.put(HEAP, "HEAP".getBytes(StandardCharsets.US_ASCII))
                .putLong(HEAP + 8, 16)
                .putLong(HEAP + 24, 340);
        b.put(348, (byte) 'w');
        for (int i = 352; i < 356; i++) {
            b.put(i, (byte) 'x'); // a name without end
        }
        b.put(SYMBOLS, "SNOD".getBytes(StandardCharsets.US_ASCII))
                .put(SYMBOLS + 4, (byte) 1)
                .putShort(SYMBOLS + 6, (short) 1);
        b.putLong(SYMBOLS + 8, 8).putLong(SYMBOLS + 16, DATASET);
        header(b, DATASET, 3, 3 * 8 + 24 + 24 + 24);
        message(b, SPACE - 8, 0x01, 24);
        b.put(SPACE, (byte) 1).put(SPACE + 1, (byte) 2).putLong(SPACE + 8, 2).putLong(SPACE + 16, 3);
        message(b, TYPE - 8, 0x03, 24);
        b.put(TYPE, (byte) 0x11).put(TYPE + 1, (byte) 0x20).putInt(TYPE + 4, 4).put(TYPE + 13, (byte) 8);
        message(b, LAYOUT - 8, 0x08, 24);
        b.put(LAYOUT, (byte) 3)
                .put(LAYOUT + 1, (byte) 1)
                .putLong(LAYOUT + 2, 700)
                .putLong(LAYOUT + 10, 24);
        for (int i = 0; i < 6; i++) {
            b.putFloat(700 + 4 * i, i);
        }
        return b.array();
    }

    private static void header(ByteBuffer b, int at, int messages, int size) {
        b.put(at, (byte) 1).putShort(at + 2, (short) messages).putInt(at + 8, size);
    }

    private static void message(ByteBuffer b, int at, int kind, int size) {
        b.putShort(at, (short) kind).putShort(at + 2, (short) size);
    }
}
