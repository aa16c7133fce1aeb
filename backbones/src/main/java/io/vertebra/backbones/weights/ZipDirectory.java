package io.vertebra.backbones.weights;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The entries of a zip archive whose entries are all stored, as torch writes it; ZIP64 included.
 *
 * <p>Refused are compressed and encrypted entries, names that leave the archive, duplicate names, entries that overlap, and local headers that disagree with
 * the directory. Nothing is ever unpacked to disk.
 */
final class ZipDirectory {

    private static final int END = 0x06054b50;
    private static final int END64 = 0x06064b50;
    private static final int LOCATOR64 = 0x07064b50;
    private static final int CENTRAL = 0x02014b50;
    private static final int LOCAL = 0x04034b50;
    private static final int LONGEST_COMMENT = 0xffff;

    /** Where the bytes of an entry lie. */
    record Entry(String name, long offset, long size, long crc) {}

    private record Directory(long offset, long size, long count) {}

    private final FileBytes bytes;
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    private ZipDirectory(FileBytes bytes) {
        this.bytes = bytes;
    }

    static Map<String, Entry> read(FileBytes bytes) {
        ZipDirectory zip = new ZipDirectory(bytes);
        Directory directory = zip.findDirectory();
        zip.readEntries(directory);
        zip.checkOverlaps(directory.offset());
        return zip.entries;
    }

    private Directory findDirectory() {
        int tailSize = (int) Math.min(bytes.size(), LONGEST_COMMENT + 22);
        long tailStart = bytes.size() - tailSize;
        ByteBuffer tail = bytes.read("zip", tailStart, tailSize);
        for (int at = tailSize - 22; at >= 0; at--) {
            if (tail.getInt(at) == END && Short.toUnsignedInt(tail.getShort(at + 20)) == tailSize - at - 22) {
                return directory(tail, at, tailStart + at);
            }
        }
        throw bytes.fault("zip", "truncated archive: no central directory");
    }

    private Directory directory(ByteBuffer tail, int at, long end) {
        long count = Short.toUnsignedInt(tail.getShort(at + 10));
        long size = Integer.toUnsignedLong(tail.getInt(at + 12));
        long offset = Integer.toUnsignedLong(tail.getInt(at + 16));
        boolean wide = count == 0xffff || size == 0xffffffffL || offset == 0xffffffffL;
        long limit = end;
        if (wide) {
            ByteBuffer locator = bytes.read("zip64 locator", end - 20, 20);
            if (locator.getInt(0) != LOCATOR64) {
                throw bytes.fault("zip64 locator", "missing");
            }
            limit = locator.getLong(8);
            ByteBuffer record = bytes.read("zip64 directory end", limit, 56);
            if (record.getInt(0) != END64) {
                throw bytes.fault("zip64 directory end", "missing");
            }
            count = record.getLong(32);
            size = record.getLong(40);
            offset = record.getLong(48);
        }
        if (offset < 0 || size < 0 || offset > limit || size > limit - offset || count < 0 || count > size / 46) {
            throw bytes.fault(
                    "zip", "bad central directory: offset " + offset + ", size " + size + ", entries " + count);
        }
        return new Directory(offset, size, count);
    }

    private void readEntries(Directory directory) {
        ByteBuffer central = bytes.read("zip directory", directory.offset(), directory.size());
        for (long i = 0; i < directory.count(); i++) {
            int at = central.position();
            if (central.remaining() < 46 || central.getInt(at) != CENTRAL) {
                throw bytes.fault("zip directory", "bad entry " + i);
            }
            int nameLength = Short.toUnsignedInt(central.getShort(at + 28));
            int extraLength = Short.toUnsignedInt(central.getShort(at + 30));
            int commentLength = Short.toUnsignedInt(central.getShort(at + 32));
            if (central.remaining() - 46 < nameLength + extraLength + commentLength) {
                throw bytes.fault("zip directory", "ends inside entry " + i);
            }
            String name = text(central, at + 46, nameLength);
            Entry entry = entry(central, at, name, at + 46 + nameLength, extraLength);
            if (entries.put(name, entry) != null) {
                throw bytes.fault("zip entry " + name, "duplicate entry");
            }
            central.position(at + 46 + nameLength + extraLength + commentLength);
        }
        if (central.hasRemaining()) {
            throw bytes.fault("zip directory", "goes on after its last entry");
        }
    }

    private Entry entry(ByteBuffer central, int at, String name, int extra, int extraLength) {
        String place = "zip entry " + name;
        checkName(place, name);
        int flags = Short.toUnsignedInt(central.getShort(at + 8));
        int method = Short.toUnsignedInt(central.getShort(at + 10));
        long crc = Integer.toUnsignedLong(central.getInt(at + 16));
        if ((flags & 1) != 0) {
            throw bytes.fault(place, "is encrypted");
        }
        if (method != 0) {
            throw bytes.fault(place, "compressed entry (method " + method + "); torch stores its entries");
        }
        long packed = Integer.toUnsignedLong(central.getInt(at + 20));
        long size = Integer.toUnsignedLong(central.getInt(at + 24));
        long header = Integer.toUnsignedLong(central.getInt(at + 42));
        ByteBuffer wide = zip64(central, extra, extraLength);
        size = size == 0xffffffffL ? next(place, wide) : size;
        packed = packed == 0xffffffffL ? next(place, wide) : packed;
        header = header == 0xffffffffL ? next(place, wide) : header;
        if (packed != size) {
            throw bytes.fault(place, "stored entry of " + size + " bytes takes " + packed);
        }
        ByteBuffer local = bytes.read(place, header, 30);
        int localName = Short.toUnsignedInt(local.getShort(26));
        int localExtra = Short.toUnsignedInt(local.getShort(28));
        if (local.getInt(0) != LOCAL
                || !text(bytes.read(place, header + 30, localName), 0, localName)
                        .equals(name)) {
            throw bytes.fault(place, "bad local header at " + header);
        }
        long offset = header + 30 + localName + localExtra;
        if (size < 0 || offset > bytes.size() - size) {
            throw bytes.fault(place, "ends behind the file");
        }
        return new Entry(name, offset, size, crc);
    }

    private static ByteBuffer zip64(ByteBuffer central, int at, int length) {
        int end = at + length;
        int field = at;
        while (end - field >= 4) {
            int size = Short.toUnsignedInt(central.getShort(field + 2));
            if (size > end - field - 4) {
                break;
            }
            if (central.getShort(field) == 1) {
                return central.slice(field + 4, size).order(central.order());
            }
            field += 4 + size;
        }
        return central.slice(end, 0).order(central.order());
    }

    private long next(String place, ByteBuffer wide) {
        if (wide.remaining() < 8) {
            throw bytes.fault(place, "zip64 field missing");
        }
        return wide.getLong();
    }

    private void checkName(String place, String name) {
        boolean leaves =
                name.startsWith("/") || name.indexOf('\\') >= 0 || name.indexOf(':') >= 0 || name.indexOf('\0') >= 0;
        for (String part : name.split("/", -1)) {
            leaves |= part.equals("..");
        }
        if (leaves || name.isEmpty()) {
            throw bytes.fault(place, "entry name leaves the archive");
        }
    }

    private void checkOverlaps(long directory) {
        List<Entry> sorted = new ArrayList<>(entries.values());
        sorted.sort(Comparator.comparingLong(Entry::offset));
        for (int i = 0; i < sorted.size(); i++) {
            Entry entry = sorted.get(i);
            long limit = i + 1 < sorted.size() ? sorted.get(i + 1).offset() : directory;
            if (entry.offset() + entry.size() > limit) {
                throw bytes.fault("zip entry " + entry.name(), "overlaps what follows it");
            }
        }
    }

    private static String text(ByteBuffer buffer, int at, int length) {
        return StandardCharsets.UTF_8.decode(buffer.slice(at, length)).toString();
    }
}
