package io.vertebra.backbones.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ZipDirectoryTest {

    private static final int CENTRAL_SIZE = 46 + 3;

    @TempDir
    private Path folder;

    @Test
    void findsEveryEntryWithItsRange() throws IOException {
        byte[] zip = two();
        Map<String, ZipDirectory.Entry> entries = read(zip);

        assertThat(entries.keySet()).containsExactly("a/b", "c/d");
        ZipDirectory.Entry second = entries.get("c/d");
        assertThat(Arrays.copyOfRange(zip, (int) second.offset(), (int) (second.offset() + second.size())))
                .containsExactly(4, 5);
        assertThat(second.crc()).isEqualTo(1440686964); // Python's zlib.crc32
    }

    @Test
    void findsTheEndBehindAComment() throws IOException {
        byte[] zip = two();
        byte[] commented = Arrays.copyOf(zip, zip.length + 5);
        commented[zip.length - 2] = 5;

        assertThat(read(commented).keySet()).containsExactly("a/b", "c/d");
        commented[zip.length - 2] = 4;
        assertRefused(commented, "zip: truncated archive: no central directory");
    }

    @Test
    void readsZip64() throws IOException {
        assertThat(read(zip64(two(), 0))).isEqualTo(read(two()));
        assertRefused(zip64(two(), 1), "zip64 locator: missing");
        assertRefused(zip64(two(), 2), "zip64 directory end: missing");
        assertRefused(zip64(two(), 3), "zip: bad central directory");
    }

    @Test
    void readsZip64FieldsOfAnEntry() throws IOException {
        byte[] zip = two();
        int central = central(zip);
        // the first entry's sizes and offset move to a field of its own behind an unknown one
        ByteBuffer wide = ByteBuffer.allocate(zip.length + 34).order(ByteOrder.LITTLE_ENDIAN);
        wide.put(zip, 0, central + CENTRAL_SIZE);
        wide.putShort((short) 7).putShort((short) 2).putShort((short) 9);
        wide.putShort((short) 1).putShort((short) 24).putLong(3).putLong(3).putLong(0);
        wide.put(zip, central + CENTRAL_SIZE, zip.length - central - CENTRAL_SIZE);
        wide.putInt(central + 20, -1)
                .putInt(central + 24, -1)
                .putInt(central + 42, -1)
                .putShort(central + 30, (short) 34);
        int end = wide.capacity() - 22;
        wide.putInt(end + 12, wide.getInt(end + 12) + 34);

        assertThat(read(wide.array())).isEqualTo(read(zip));
        wide.putShort(central + CENTRAL_SIZE + 8, (short) 16); // one number too few
        assertRefused(wide.array(), "zip entry a/b: zip64 field missing");
        wide.putShort(central + CENTRAL_SIZE + 6, (short) 5);
        assertRefused(wide.array(), "zip entry a/b: zip64 field missing");
    }

    @ParameterizedTest
    @CsvSource({ // offset in the first central header, value, complaint
        "8, 1, zip entry a/b: is encrypted",
        "10, 8, zip entry a/b: compressed entry (method 8)",
        "20, 2, zip entry a/b: stored entry of 3 bytes takes 2",
        "42, 1, zip entry a/b: bad local header at 1",
        "42, 255, zip entry a/b: ends behind the file",
        "0, 0, zip directory: bad entry 0",
        "28, 2, zip entry a/: bad local header at 0",
        "28, 255, zip directory: ends inside entry 0",
        "46, 99, zip entry c/b: bad local header at 0",
        "46, 58, zip entry :/b: entry name leaves the archive",
    })
    void refusesDamagedHeaders(int offset, int value, String complaint) throws IOException {
        byte[] zip = two();
        zip[central(zip) + offset] = (byte) value;

        assertRefused(zip, complaint);
    }

    @Test
    void refusesEntriesThatOverlap() throws IOException {
        byte[] zip = two();
        int central = central(zip);
        zip[central + 20] = 4;
        zip[central + 24] = 4;
        assertThat(read(zip).get("a/b").size())
                .isEqualTo(4); // one byte of the next local header is not yet an overlap of data
        zip[central + 20] = 40;
        zip[central + 24] = 40;
        assertRefused(zip, "zip entry a/b: overlaps what follows it");
        byte[] last = two();
        last[central + CENTRAL_SIZE + 20] = 3;
        last[central + CENTRAL_SIZE + 24] = 3;
        assertRefused(last, "zip entry c/d: overlaps what follows it");
    }

    @Test
    void refusesADirectoryThatDisagreesWithItsEnd() throws IOException {
        byte[] fewer = two();
        fewer[fewer.length - 12] = 1;
        assertRefused(fewer, "zip directory: goes on after its last entry");
        byte[] more = two();
        more[more.length - 12] = 3;
        assertRefused(more, "zip: bad central directory");
        byte[] far = two();
        far[far.length - 5] = 1;
        assertRefused(far, "zip: bad central directory");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/abs", "../up", "a/../../b", "a\\b", "C:x", "a/.."})
    void refusesNamesThatLeaveTheArchive(String name) throws IOException {
        assertRefused(Fixtures.zip(Map.of(name, new byte[1])), "zip entry " + name + ": entry name leaves the archive");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\0a", "a\0", ":a", "\\a"})
    void refusesNamesWithSpecialCharacters(String name) {
        assertThatThrownBy(() -> read(Fixtures.zip(Map.of(name, new byte[1]))))
                .isInstanceOf(WeightsException.class)
                .hasMessageEndingWith("entry name leaves the archive");
    }

    @Test
    void readsAnEmptyArchive() throws IOException {
        assertThat(read(Fixtures.zip(Map.of()))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"..a/b..", "a/...", "."})
    void takesNamesWithInnocentDots(String name) throws IOException {
        assertThat(read(Fixtures.zip(Map.of(name, new byte[1])))).containsOnlyKeys(name);
    }

    private static byte[] two() throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("a/b", new byte[] {1, 2, 3});
        entries.put("c/d", new byte[] {4, 5});
        return Fixtures.zip(entries);
    }

    private static int central(byte[] zip) {
        return zip.length - 22 - 2 * CENTRAL_SIZE;
    }

    /** The same archive with a ZIP64 end; fault 1 spoils the locator, 2 the end's signature, 3 its offset. */
    private static byte[] zip64(byte[] zip, int fault) {
        int end = zip.length - 22;
        ByteBuffer wide = ByteBuffer.allocate(zip.length + 56 + 20).order(ByteOrder.LITTLE_ENDIAN);
        wide.put(zip, 0, end);
        wide.putInt(fault == 2 ? 0 : 0x06064b50)
                .putLong(44)
                .putShort((short) 45)
                .putShort((short) 45)
                .putInt(0)
                .putInt(0);
        wide.putLong(2).putLong(2).putLong(2 * CENTRAL_SIZE).putLong(fault == 3 ? end : central(zip));
        wide.putInt(fault == 1 ? 0 : 0x07064b50).putInt(0).putLong(end).putInt(1);
        wide.put(zip, end, 22);
        int newEnd = wide.capacity() - 22;
        wide.putShort(newEnd + 10, (short) -1).putInt(newEnd + 12, -1).putInt(newEnd + 16, -1);
        return wide.array();
    }

    private Map<String, ZipDirectory.Entry> read(byte[] zip) throws IOException {
        try (FileBytes bytes = FileBytes.open(Files.write(folder.resolve("x.zip"), zip))) {
            return ZipDirectory.read(bytes);
        }
    }

    private void assertRefused(byte[] zip, String complaint) {
        assertThatThrownBy(() -> read(zip))
                .isInstanceOf(WeightsException.class)
                .hasMessageStartingWith(folder.resolve("x.zip") + ": " + complaint);
    }
}
