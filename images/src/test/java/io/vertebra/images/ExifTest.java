package io.vertebra.images;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExifTest {

    private static byte[] block(boolean little, int list, int count, int... entries) {
        ByteBuffer block = ByteBuffer.allocate(8 + 2 + 2 * entries.length)
                .order(little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        block.put((little ? "II" : "MM").getBytes(StandardCharsets.US_ASCII))
                .putShort((short) 42)
                .putInt(list);
        block.putShort((short) count);
        for (int entry : entries) {
            block.putShort((short) entry);
        }
        return block.array();
    }

    private static int[] entry(
            boolean little, int tag, int type, int value) { // tag, type, count as 32 bits, value, filling
        return little ? new int[] {tag, type, 1, 0, value, 0} : new int[] {tag, type, 0, 1, value, 0};
    }

    private static Exif read(byte[] block) {
        byte[] padded = new byte[block.length + 17]; // what stands around the block is not the block
        System.arraycopy(block, 0, padded, 5, block.length);
        ByteBuffer buffer = ByteBuffer.wrap(padded, 5, block.length);
        Exif exif = Exif.read(buffer);
        assertThat(buffer).isEqualTo(ByteBuffer.wrap(block));
        assertThat(buffer.order()).isEqualTo(ByteOrder.BIG_ENDIAN);
        return exif;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void findsTheOrientationInBothByteOrders(boolean little) {
        int[] other = entry(little, 0x010F, 2, 7);
        for (int value = 1; value <= 8; value++) {
            int[] both = IntStream.concat(Arrays.stream(other), Arrays.stream(entry(little, 0x0112, 3, value)))
                    .toArray();
            assertThat(read(block(little, 8, 2, both))).isEqualTo(new Exif(value, Optional.empty()));
        }
        assertThat(read(block(little, 8, 1, other))).isEqualTo(new Exif(1, Optional.empty()));
        assertThat(read(block(little, 8, 1, entry(little, 0x0112, 4, 6)))) // not a SHORT
                .isEqualTo(new Exif(1, Optional.empty()));
    }

    @Test
    void ignoresABrokenBlockWithANote() {
        int[] turned = entry(true, 0x0112, 3, 6);
        ignores("has the unknown orientation 0", block(true, 8, 1, entry(true, 0x0112, 3, 0)));
        ignores("has the unknown orientation 9", block(true, 8, 1, entry(true, 0x0112, 3, 9)));
        ignores("has the unknown orientation 65535", block(true, 8, 1, entry(true, 0x0112, 3, -1)));
        ignores("claims 2 entries and is too short for them", block(true, 8, 2, turned));
        ignores("claims 65535 entries and is too short for them", block(true, 8, -1, turned));
        for (int list : new int[] {7, 21, -8}) {
            ignores("points outside itself", block(true, list, 1, turned));
        }
        byte[] block = block(true, 8, 1, turned);
        ignores("is cut short or has no TIFF header", Arrays.copyOf(block, 7));
        for (int at : new int[] {0, 1, 2, 3}) {
            byte[] broken = block.clone();
            broken[at]++;
            ignores("is cut short or has no TIFF header", broken);
        }
    }

    private static void ignores(String reason, byte[] block) {
        assertThat(read(block)).isEqualTo(new Exif(1, Optional.of("EXIF block " + reason + " and is ignored")));
    }

    @Test
    void nothingBrokenIsMoreThanUpright() {
        byte[] whole = block(true, 8, 1, entry(true, 0x0112, 3, 6));
        for (int length = 0; length < whole.length; length++) {
            assertThat(read(Arrays.copyOf(whole, length)).orientation()).isEqualTo(1);
        }
        Random random = new Random(1);
        for (int i = 0; i < 2000; i++) {
            byte[] broken = whole.clone();
            broken[random.nextInt(broken.length)] = (byte) random.nextInt(256);
            broken[random.nextInt(broken.length)] = (byte) random.nextInt(256);
            assertThat(read(broken).orientation()).isBetween(1, 8);
        }
    }
}
