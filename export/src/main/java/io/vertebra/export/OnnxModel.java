package io.vertebra.export;

import com.google.protobuf.CodedOutputStream;
import io.vertebra.graph.op.GraphException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/** An ONNX model that is ready to be written: the bytes of a file, made while they are written. */
public final class OnnxModel {
    private final Message message;
    private final long size;

    OnnxModel(Message message) {
        this.message = message;
        this.size = message.size();
        requireReadable(size);
    }

    /** Readers of protobuf count in 32 bits. */
    static void requireReadable(long size) {
        if (size > Integer.MAX_VALUE) {
            throw new GraphException("the ONNX file would have " + size + " bytes, protobuf ends at "
                    + Integer.MAX_VALUE + "; export safetensors instead");
        }
    }

    /** The length of the file in bytes. */
    public long size() {
        return size;
    }

    /** Writes the file; the stream stays open. */
    public void writeTo(OutputStream stream) throws IOException {
        CodedOutputStream out = CodedOutputStream.newInstance(stream, 1 << 16);
        message.write(out);
        out.flush();
    }

    /** The file in memory. */
    public byte[] toBytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream((int) size);
        try {
            writeTo(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
