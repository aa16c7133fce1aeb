package io.vertebra.datasets.decode;

import io.vertebra.datasets.DatasetException;

/**
 * The bits of JPEG's coded data: FF 00 stands for FF, any other FF starts a marker, at which the data end.
 *
 * <p>Beyond the end it gives zeros, so that callers need not check at every bit; {@link #overrun} says whether any was used.
 */
final class JpegBits {

    private final Source source;
    private final byte[] data;
    private int at;
    private long buffer;
    private int count;
    /** How many of the {@code count} bits are zeros from beyond the end. */
    private int beyond;

    JpegBits(Source source, int at) {
        this.source = source;
        this.data = source.data();
        this.at = at;
    }

    private void fill() {
        while (count <= 56) {
            int next = 0;
            if (at < data.length && data[at] != -1) {
                next = data[at++] & 0xFF;
            } else if (at + 1 < data.length && data[at + 1] == 0) {
                next = 0xFF;
                at += 2;
            } else {
                beyond += 8;
            }
            buffer = (buffer << 8) | next;
            count += 8;
        }
    }

    /** The next symbol of a code. */
    int symbol(HuffmanTable table) {
        if (count < 16) {
            fill();
        }
        int entry = table.find((int) (buffer >>> (count - 16)) & 0xFFFF);
        if (entry == 0) {
            throw overrun() ? ended() : source.broken(at, "is a damaged JPEG: the picture data hold an unknown code");
        }
        count -= entry >>> 8;
        return entry & 0xFF;
    }

    /** The next bits as a number, 0 to 16 of them. */
    int take(int bits) {
        if (count < bits) {
            fill();
        }
        count -= bits;
        return (int) (buffer >>> count) & ((1 << bits) - 1);
    }

    /** Whether bits from beyond the end were used. */
    boolean overrun() {
        return count < beyond;
    }

    DatasetException ended() {
        return at >= data.length - 1
                ? source.broken(
                        "is a truncated JPEG: ends after %d bytes within the picture data".formatted(data.length))
                : source.broken(at, "is a damaged JPEG: the picture data end early");
    }

    /** Goes past the restart marker that must come next. */
    void restart(int number) {
        at = position();
        count = 0;
        beyond = 0;
        while (at + 1 < data.length && !(data[at] == -1 && data[at + 1] != 0 && data[at + 1] != -1)) {
            at++;
        }
        if (at + 1 >= data.length) {
            throw ended();
        }
        if ((data[at + 1] & 0xFF) != 0xD0 + number) {
            throw source.broken(at, "is a damaged JPEG: restart marker " + number + " is expected here");
        }
        at += 2;
    }

    /** The place of the first byte of which no bit was used. */
    int position() {
        int place = at;
        for (int unused = Math.max(0, count - beyond) / 8; unused > 0; unused--) {
            place -= data[place - 1] == 0 && data[place - 2] == -1 ? 2 : 1;
        }
        return place;
    }
}
