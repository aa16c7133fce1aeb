package io.vertebra.bench;

/** Something that runs the network once when asked. */
interface Contestant extends AutoCloseable {

    /** Its name, precision and layout. */
    String name();

    /** One pass over one batch: inference, or a whole training step with its update. */
    void run() throws Exception;

    /** Seconds of one pass; overridden by the floor, which is a sum of parts. */
    default double seconds(Clock clock) throws Exception {
        long start = clock.now();
        run();
        return (clock.now() - start) * 1e-9;
    }

    @Override
    default void close() {}
}
