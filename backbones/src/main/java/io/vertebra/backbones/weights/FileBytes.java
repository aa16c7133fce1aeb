package io.vertebra.backbones.weights;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;

/** Random access to the bytes of a file, every range checked against its length before anything is allocated. Little endian. */
final class FileBytes implements AutoCloseable {

    private static final int CHUNK = 1 << 20; // a multiple of every element size

    private final Path file;
    private final FileChannel channel;
    private final long size;

    private FileBytes(Path file, FileChannel channel, long size) {
        this.file = file;
        this.channel = channel;
        this.size = size;
    }

    static FileBytes open(Path file) {
        if (Files.isDirectory(file)) {
            throw new WeightsException(file, "", "is a directory, a weight file is wanted");
        }
        if (Files.notExists(file)) {
            throw new WeightsException(file, "", "does not exist");
        }
        if (!Files.isRegularFile(file)) {
            throw new WeightsException(file, "", "is not a regular file");
        }
        try {
            FileChannel channel = FileChannel.open(file);
            try {
                return new FileBytes(file, channel, channel.size());
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be opened", e);
        }
    }

    Path file() {
        return file;
    }

    long size() {
        return size;
    }

    /** Reads a range into a new buffer; {@code place} names it in a complaint. */
    ByteBuffer read(String place, long offset, long length) {
        check(place, offset, length);
        if (length > Integer.MAX_VALUE - 8) {
            throw fault(place, "is larger than 2 GiB");
        }
        ByteBuffer buffer = ByteBuffer.allocate((int) length).order(ByteOrder.LITTLE_ENDIAN);
        fill(place, buffer, offset);
        return buffer.flip();
    }

    /** Reads elements that lie one after another, through a small buffer. */
    float[] readFloats(String place, long offset, DType type, long count) {
        check(place, offset, Math.multiplyExact(count, (long) type.bytes()));
        float[] values = new float[Math.toIntExact(count)];
        ByteBuffer buffer =
                ByteBuffer.allocate((int) Math.min(CHUNK, count * type.bytes())).order(ByteOrder.LITTLE_ENDIAN);
        long at = offset;
        for (int done = 0; done < values.length; ) {
            int now = Math.min(CHUNK / type.bytes(), values.length - done);
            buffer.clear().limit(now * type.bytes());
            fill(place, buffer, at);
            type.decode(buffer.flip(), values, done, now);
            done += now;
            at += (long) now * type.bytes();
        }
        return values;
    }

    /** CRC-32 of a range. */
    long crc(String place, long offset, long length) {
        check(place, offset, length);
        CRC32 crc = new CRC32();
        ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(CHUNK, length));
        for (long done = 0; done < length; ) {
            buffer.clear().limit((int) Math.min(CHUNK, length - done));
            fill(place, buffer, offset + done);
            done += buffer.position();
            crc.update(buffer.flip());
        }
        return crc.getValue();
    }

    WeightsException fault(String place, String reason) {
        return new WeightsException(file, place, reason);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be closed", e);
        }
    }

    private void check(String place, long offset, long length) {
        if (offset < 0 || length < 0 || offset > size || length > size - offset) {
            throw fault(
                    place,
                    "ends behind the file (offset " + offset + ", length " + length + ", file " + size + " bytes)");
        }
    }

    private void fill(String place, ByteBuffer buffer, long offset) {
        try {
            long at = offset;
            while (buffer.hasRemaining()) {
                int n = channel.read(buffer, at);
                if (n < 0) {
                    throw fault(place, "the file became shorter while it was read");
                }
                at += n;
            }
        } catch (ClosedChannelException e) {
            throw new IllegalStateException(file + " is closed", e);
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be read", e);
        }
    }
}
