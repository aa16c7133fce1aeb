package io.vertebra.tasks.tensorboard;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The frame of each record in an event file: u64 length, masked CRC-32C of the length, payload, masked CRC-32C of the payload; all
 * little endian. The mask is a rotation right by 15 bits and a constant, as TensorFlow's {@code record_writer.cc} has it.
 */
final class Records {
    private static final int FRAME = Long.BYTES + 2 * Integer.BYTES;
    private static final int MASK = 0xa282ead8;

    private Records() {}

    static ByteBuffer frame(byte[] payload) {
        ByteBuffer record = ByteBuffer.allocate(FRAME + payload.length).order(ByteOrder.LITTLE_ENDIAN);
        record.putLong(payload.length);
        record.putInt(maskedCrc(record.array(), 0, Long.BYTES));
        record.put(payload);
        record.putInt(maskedCrc(payload, 0, payload.length));
        return record.flip();
    }

    /** The payload of the record at the buffer's position, which then moves behind it; empty if there is no whole, sound record. */
    static Optional<byte[]> next(ByteBuffer file) {
        ByteBuffer in = file.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        if (in.remaining() < FRAME) {
            return Optional.empty();
        }
        byte[] head = new byte[Long.BYTES];
        in.get(in.position(), head);
        long length = in.getLong();
        if (in.getInt() != maskedCrc(head, 0, head.length) || length < 0 || length > in.remaining() - Integer.BYTES) {
            return Optional.empty();
        }
        byte[] payload = new byte[(int) length];
        in.get(payload);
        if (in.getInt() != maskedCrc(payload, 0, payload.length)) {
            return Optional.empty();
        }
        file.position(in.position());
        return Optional.of(payload);
    }

    private static int maskedCrc(byte[] bytes, int offset, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, offset, length);
        return Integer.rotateRight((int) crc.getValue(), 15) + MASK;
    }
}
