package io.vertebra.backbones.weights;

import java.nio.file.Path;

/**
 * A weight file that cannot be read or does not fit the model; its message is one line {@code file: place: reason}.
 *
 * <p>Names that come from a file are shown with control characters replaced and shortened, so that a hostile file cannot write its own lines.
 */
public final class WeightsException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private static final int LONGEST = 400;

    private final transient Path file;
    private final String position;
    private final String reason;

    /**
     * Describes a fault.
     *
     * @param position tensor name, entry or byte offset; empty if the whole file is meant
     */
    public WeightsException(Path file, String position, String reason) {
        this(file, position, reason, null);
    }

    /** As the other constructor, with the exception that told of the fault. */
    public WeightsException(Path file, String position, String reason, Throwable cause) {
        super(file + ": " + (position.isEmpty() ? "" : clean(position) + ": ") + clean(reason), cause);
        this.file = file;
        this.position = position;
        this.reason = reason;
    }

    /** The file, as it was named by the caller. */
    public Path file() {
        return file;
    }

    /** Tensor name, entry or byte offset; empty if the whole file is meant. */
    public String position() {
        return position;
    }

    /** What is wrong. */
    public String reason() {
        return reason;
    }

    /** Text of a file made fit for a message: one line, printable, not too long. */
    static String clean(String text) {
        StringBuilder printable = new StringBuilder();
        text.codePoints()
                .limit(LONGEST)
                .map(c -> Character.isISOControl(c) || c == 0x2028 || c == 0x2029 ? '?' : c)
                .forEach(printable::appendCodePoint);
        return text.length() > LONGEST ? printable + "..." : printable.toString();
    }
}
