package io.vertebra.backbones.embed;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Counts the calls that are under way, so that who closes can wait for them. */
final class Calls {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    private int running;
    private boolean isClosed;

    /** A call begins. */
    void begin() {
        lock.lock();
        try {
            if (isClosed) {
                throw new IllegalStateException("the feature extractor is closed");
            }
            running++;
        } finally {
            lock.unlock();
        }
    }

    /** A call that began has ended, however it did. */
    void end() {
        lock.lock();
        try {
            running--;
            ended.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Lets no further call begin and waits for those that have begun. */
    void close() {
        lock.lock();
        try {
            isClosed = true;
            while (running > 0) {
                ended.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }
}
