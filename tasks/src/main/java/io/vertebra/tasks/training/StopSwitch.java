package io.vertebra.tasks.training;

import java.util.concurrent.atomic.AtomicBoolean;

/** What other threads, such as those of signals, ask of a training. Safe for several threads. */
public final class StopSwitch {
    private final AtomicBoolean stop = new AtomicBoolean();
    private final AtomicBoolean checkpoint = new AtomicBoolean();

    /** Asks to finish the present step, save and return. */
    public void stop() {
        stop.set(true);
    }

    /** Asks to save after the present step and go on. */
    public void checkpoint() {
        checkpoint.set(true);
    }

    /** Whether {@link #stop} was called. */
    public boolean isStopped() {
        return stop.get();
    }

    /** Whether {@link #checkpoint} was called since this was last asked. */
    boolean takeCheckpoint() {
        return checkpoint.getAndSet(false);
    }
}
