package io.vertebra.graph.op;

/** A graph that cannot be built or opened: wrong attributes, shapes that do not fit, a pair that cannot work. */
public final class GraphException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final String position;
    private final String reason;

    /** A fault without a place. */
    public GraphException(String reason) {
        this("", reason);
    }

    /** A fault at a node or an attribute. */
    public GraphException(String position, String reason) {
        super(position.isEmpty() ? reason : position + ": " + reason);
        this.position = position;
        this.reason = reason;
    }

    /** The node or attribute, or the empty text. */
    public String position() {
        return position;
    }

    /** What is wrong, with the value, and what is allowed. */
    public String reason() {
        return reason;
    }
}
