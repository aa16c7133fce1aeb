package io.vertebra.datasets.decode;

import io.vertebra.datasets.DatasetException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The bytes of a picture file under its name, with bounds-checked reading. */
final class Source {

    private final String name;
    private final byte[] data;

    Source(String name, byte[] data) {
        this.name = name;
        this.data = data;
    }

    String name() {
        return name;
    }

    int length() {
        return data.length;
    }

    byte[] data() {
        return data;
    }

    int u8(int at) {
        need(at, 1);
        return data[at] & 0xFF;
    }

    int u16be(int at) {
        need(at, 2);
        return ((data[at] & 0xFF) << 8) | (data[at + 1] & 0xFF);
    }

    int u16le(int at) {
        need(at, 2);
        return ((data[at + 1] & 0xFF) << 8) | (data[at] & 0xFF);
    }

    long u32be(int at) {
        return ((long) u16be(at) << 16) | u16be(at + 2);
    }

    long u32le(int at) {
        return ((long) u16le(at + 2) << 16) | u16le(at);
    }

    /** Whether the bytes at a place are these ASCII characters. */
    boolean has(int at, String text) {
        if (at < 0 || at + text.length() > data.length) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if ((data[at + i] & 0xFF) != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    String text(int at, int count) {
        need(at, count);
        return new String(data, at, count, StandardCharsets.ISO_8859_1);
    }

    /** That many bytes at a place, not copied. */
    ByteBuffer bytes(int at, int count) {
        need(at, count);
        return ByteBuffer.wrap(data, at, count);
    }

    /** Requires that many bytes at a place. */
    void need(int at, long count) {
        if (at < 0 || at + count > data.length) {
            throw broken(data.length, "is truncated: ends after %d bytes".formatted(data.length));
        }
    }

    DatasetException broken(String reason) {
        return new DatasetException(name, reason);
    }

    DatasetException broken(long at, String reason) {
        return new DatasetException(name, "byte " + at, reason, null);
    }
}
