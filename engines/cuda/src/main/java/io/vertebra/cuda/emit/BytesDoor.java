package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Step;
import io.vertebra.cuda.emit.Call.Label;
import java.nio.ByteBuffer;

/**
 * The way in for pictures that come as bytes: an upload and a kernel in place of two calls of a plan, through the same memory,
 * to the same map. Owns its steps while it is bound.
 */
final class BytesDoor {
    private final int value;
    private final int upload;
    private final int channels;
    private final long offset;
    private final Operand bytes;
    private int arrangement;
    private Call decoding;
    private ByteBuffer view;
    private Step uploaded;
    private Step decoded;

    /**
     * For an input.
     *
     * @param value of the pictures
     * @param upload the number of the call that uploads their elements
     * @param offset in the staging memory
     * @param bytes where the upload goes, as {@link HostCopies} lays bytes out
     */
    BytesDoor(int value, int upload, int channels, long offset, Operand bytes) {
        this.value = value;
        this.upload = upload;
        this.channels = channels;
        this.offset = offset;
        this.bytes = bytes;
    }

    /** Whether it leads to this value. */
    boolean isOf(int other) {
        return value == other;
    }

    /** Says which call brings the elements in order, and where to. */
    void replace(int call, Label label, Operand map) {
        arrangement = call;
        decoding = Layouts.decoding(label, bytes, map, channels);
    }

    long offset() {
        return offset;
    }

    /** Its length in the staging memory, in words of four bytes. */
    long words() {
        return bytes.elements();
    }

    /** Says where it is in the staging memory. */
    void place(ByteBuffer part) {
        view = part;
    }

    ByteBuffer view() {
        return view;
    }

    void bind(Call.Binding binding) {
        uploaded = new Call.Upload(decoding.label(), offset, bytes).bind(binding);
        decoded = decoding.bind(binding);
    }

    void unbind() {
        for (Step step : new Step[] {uploaded, decoded}) {
            if (step != null) {
                step.close();
            }
        }
        uploaded = null;
        decoded = null;
    }

    /** What is done in place of a call, or {@code null}. */
    Step instead(int call) {
        return call == upload ? uploaded : call == arrangement ? decoded : null;
    }
}
