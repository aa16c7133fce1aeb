package io.vertebra.onednn.natives;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Owns native objects and frees them in reverse order of their making.
 *
 * <p>No type of the C API has a deallocator: what is not owned here leaks. Confined to the thread that holds the
 * session's lock.
 */
public final class Handles implements AutoCloseable {
    private final Deque<Runnable> releases = new ArrayDeque<>();

    /** Runs this on closing, before everything that was added earlier. */
    public void add(Runnable release) {
        releases.push(release);
    }

    @Override
    public void close() {
        while (!releases.isEmpty()) {
            releases.pop().run();
        }
    }
}
