package io.vertebra.tasks.tensorboard;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** A protobuf message, written field by field: as much of the wire format as events need. */
final class Proto {
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED32 = 5;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Proto integer(int field, long value) {
        return key(field, VARINT).varint(value);
    }

    Proto real(int field, double value) {
        return key(field, FIXED64).fixed(Double.doubleToRawLongBits(value), Long.BYTES);
    }

    Proto single(int field, float value) {
        return key(field, FIXED32).fixed(Float.floatToRawIntBits(value), Integer.BYTES);
    }

    Proto bytes(int field, byte[] value) {
        key(field, BYTES).varint(value.length);
        out.write(value, 0, value.length);
        return this;
    }

    Proto text(int field, String value) {
        return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    Proto message(int field, Proto value) {
        return bytes(field, value.toBytes());
    }

    byte[] toBytes() {
        return out.toByteArray();
    }

    private Proto key(int field, int wireType) {
        return varint((long) field << 3 | wireType);
    }

    private Proto varint(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            out.write((int) ((rest & 0x7F) | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
        return this;
    }

    private Proto fixed(long bits, int length) {
        for (int i = 0; i < length; i++) {
            out.write((int) (bits >>> (8 * i)));
        }
        return this;
    }

    /** Takes the fields of a message in their order. */
    interface Fields {
        /** A whole number. */
        default void integer(int field, long value) {}

        /** Four or eight bytes as they stand. */
        default void fixed(int field, long bits) {}

        /** A text, bytes or a message. */
        default void bytes(int field, byte[] value) {}
    }

    /** Reads a message that this class has written. */
    static void read(byte[] message, Fields fields) {
        ByteBuffer in = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
        while (in.hasRemaining()) {
            long key = readVarint(in);
            int field = (int) (key >>> 3);
            switch ((int) (key & 7)) {
                case VARINT -> fields.integer(field, readVarint(in));
                case FIXED64 -> fields.fixed(field, in.getLong());
                case FIXED32 -> fields.fixed(field, in.getInt() & 0xFFFFFFFFL);
                case BYTES -> {
                    byte[] value = new byte[(int) readVarint(in)];
                    in.get(value);
                    fields.bytes(field, value);
                }
                default -> throw new IllegalArgumentException("field " + field + " has the wire type " + (key & 7));
            }
        }
    }

    private static long readVarint(ByteBuffer in) {
        long value = 0;
        int shift = 0;
        byte next;
        do {
            next = in.get();
            value |= (long) (next & 0x7F) << shift;
            shift += 7;
        } while (next < 0);
        return value;
    }
}
