package io.vertebra.backbones.zoo;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How long a download waits and how much it takes.
 *
 * @param stall longest wait for a connection, an answer or the next bytes
 * @param attempts tries in a row that bring nothing new before it gives up
 * @param largest bytes that a file may have
 * @param nanoTime the clock
 * @param pause waits between tries
 */
record Limits(Duration stall, int attempts, long largest, LongSupplier nanoTime, Pause pause) {

    /** The largest published file, ConvNeXt XL with 21,841 classes, has 1.6 GB. */
    private static final long LARGEST = 4L << 30;

    static final Limits USUAL =
            new Limits(Duration.ofSeconds(30), 6, LARGEST, System::nanoTime, d -> Thread.sleep(d.toMillis()));

    /** Lets time pass. */
    @FunctionalInterface
    interface Pause {
        void await(Duration duration) throws InterruptedException;
    }
}
