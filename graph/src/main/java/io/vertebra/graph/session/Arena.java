package io.vertebra.graph.session;

/** A piece of an engine's memory; owned by whoever allocated it. */
public interface Arena extends AutoCloseable {

    /** Its size. */
    long bytes();

    /** Frees it; a second call does nothing. */
    @Override
    void close();
}
