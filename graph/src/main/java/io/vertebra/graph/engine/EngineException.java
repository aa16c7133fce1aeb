package io.vertebra.graph.engine;

/** An engine that cannot do what was asked, or failed in native code. */
public final class EngineException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What a caller can do about it. */
    public enum Kind {
        /** Choose another engine, precision or model. */
        UNSUPPORTED,
        /** Install what is missing, or use another machine. */
        UNAVAILABLE,
        /** Use a smaller batch or picture. */
        OUT_OF_MEMORY,
        /** Native code failed. */
        FAILED
    }

    private final Kind kind;

    /** The reason names the engine, the operator and the status, and what to do. */
    public EngineException(Kind kind, String reason) {
        this(kind, reason, null);
    }

    /** With what caused it. */
    public EngineException(Kind kind, String reason, Throwable cause) {
        super(reason, cause);
        this.kind = kind;
    }

    /** What a caller can do about it. */
    public Kind kind() {
        return kind;
    }
}
