package io.vertebra.bench;

/** One pass of one layer on memory of its own, without anything around it. */
interface RawPass extends AutoCloseable {

    /** What is computed. */
    enum Kind {
        INFERENCE,
        FORWARD,
        BACKWARD_DATA,
        BACKWARD_WEIGHTS
    }

    /** Computes. */
    void run();

    @Override
    void close();
}
