package io.vertebra.export;

import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A protobuf message: fields by number, in the order in which they were added. Arrays are not copied, so that writing a
 * large model takes no second copy of it.
 */
final class Message {
    private static final int CHUNK = 1 << 16;

    private interface Field {
        long size();

        void write(CodedOutputStream out) throws IOException;
    }

    private final List<Field> fields = new ArrayList<>();

    /** An integer, as {@code int32}, {@code int64} and enums are written. */
    Message integer(int number, long value) {
        int size = CodedOutputStream.computeInt64Size(number, value);
        return add(size, out -> out.writeInt64(number, value));
    }

    /** A float. */
    Message real(int number, float value) {
        int size = CodedOutputStream.computeFloatSize(number, value);
        return add(size, out -> out.writeFloat(number, value));
    }

    /** A text. */
    Message text(int number, String value) {
        int size = CodedOutputStream.computeStringSize(number, value);
        return add(size, out -> out.writeString(number, value));
    }

    /** A message, whose fields may still be added. */
    Message message(int number, Message value) {
        fields.add(new Field() {
            @Override
            public long size() {
                return delimited(number, value.size());
            }

            @Override
            public void write(CodedOutputStream out) throws IOException {
                begin(out, number, value.size());
                value.write(out);
            }
        });
        return this;
    }

    /** All fields of another message. */
    Message all(Message other) {
        fields.addAll(other.fields);
        return this;
    }

    /** Floats as bytes, little end first. */
    Message bytes(int number, float[] values) {
        return bytes(number, 4L * values.length, out -> {
            ByteBuffer buffer = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
            for (int from = 0; from < values.length; from += CHUNK / 4) {
                int count = Math.min(values.length - from, CHUNK / 4);
                buffer.asFloatBuffer().put(values, from, count);
                out.writeRawBytes(buffer.array(), 0, 4 * count);
            }
        });
    }

    /** Whole numbers as bytes, little end first. */
    Message bytes(int number, long[] values) {
        return bytes(number, 8L * values.length, out -> {
            for (long value : values) {
                out.writeFixed64NoTag(value);
            }
        });
    }

    private Message bytes(int number, long length, Content content) {
        return add(delimited(number, length), out -> {
            begin(out, number, length);
            content.write(out);
        });
    }

    /** What writes a field. */
    @FunctionalInterface
    private interface Content {
        void write(CodedOutputStream out) throws IOException;
    }

    private Message add(long size, Content content) {
        fields.add(new Field() {
            @Override
            public long size() {
                return size;
            }

            @Override
            public void write(CodedOutputStream out) throws IOException {
                content.write(out);
            }
        });
        return this;
    }

    private static long delimited(int number, long length) {
        return CodedOutputStream.computeTagSize(number) + CodedOutputStream.computeUInt64SizeNoTag(length) + length;
    }

    private static void begin(CodedOutputStream out, int number, long length) throws IOException {
        out.writeTag(number, 2); // length-delimited
        out.writeUInt64NoTag(length);
    }

    /** The bytes that {@link #write} writes. */
    long size() {
        return fields.stream().mapToLong(Field::size).sum();
    }

    /** Writes all fields. */
    void write(CodedOutputStream out) throws IOException {
        for (Field field : fields) {
            field.write(out);
        }
    }
}
