package io.vertebra.backbones.embed;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * Runs the pictures of many threads together: those that come while the network is busy, or linger for company, make the next batch.
 *
 * <p>There is no thread of its own. A caller that finds the network idle leads: it takes what waits, runs it, wakes the
 * others, and goes on until its own pictures are done. One lock guards everything; the network runs outside of it, by one
 * thread at a time. The number of pictures in a batch is the largest allowed or a power of two, so that a session compiles a
 * plan for few sizes only.
 */
final class Batcher {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Item> waiting = new ArrayDeque<>();
    private final Function<List<Item>, List<Features>> network;
    private final int most;
    private final long lingerNanos;
    private boolean isBusy;

    /** A prepared picture, and what became of it. */
    static final class Item {
        private final Picture.Planes planes;
        private Features features;
        private Throwable failure;

        Item(Picture.Planes planes) {
            this.planes = planes;
        }

        Picture.Planes planes() {
            return planes;
        }

        private boolean isDone() {
            return features != null || failure != null;
        }

        private boolean fits(Item other) {
            return planes.height() == other.planes.height() && planes.width() == other.planes.width();
        }
    }

    /**
     * A batcher before a network.
     *
     * @param network answers for pictures of one size, in their order; called by one thread at a time
     * @param most pictures in a batch
     * @param lingerNanos how long the first picture of a batch waits for others
     */
    Batcher(Function<List<Item>, List<Features>> network, int most, long lingerNanos) {
        this.network = network;
        this.most = most;
        this.lingerNanos = lingerNanos;
    }

    /** The features of pictures, in their order; what the network throws is thrown to every caller whose pictures were in the batch. */
    List<Features> run(List<Item> items) {
        lock.lock();
        try {
            waiting.addAll(items);
            changed.signalAll(); // one that lingers may have enough now
            while (!items.stream().allMatch(Item::isDone)) {
                if (isBusy) {
                    changed.awaitUninterruptibly();
                } else {
                    lead();
                }
            }
        } finally {
            lock.unlock();
        }
        items.forEach(Batcher::requireAnswer);
        return items.stream().map(item -> item.features).toList();
    }

    /** How many pictures wait for their batch. */
    int waiting() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    private void lead() {
        isBusy = true;
        try {
            linger();
            List<Item> batch = take();
            lock.unlock();
            try {
                answer(batch);
            } finally {
                lock.lock();
            }
        } finally {
            isBusy = false;
            changed.signalAll();
        }
    }

    private void linger() {
        long left = lingerNanos;
        while (left > 0 && candidates().size() < most) {
            try {
                left = changed.awaitNanos(left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt(); // the caller's matter; the picture is answered without company
                return;
            }
        }
    }

    /** The first that waits and those behind it that have its size. */
    private List<Item> candidates() {
        List<Item> found = new ArrayList<>();
        for (Item item : waiting) {
            if (found.size() < most && item.fits(waiting.peek())) {
                found.add(item);
            }
        }
        return found;
    }

    private List<Item> take() {
        List<Item> found = candidates();
        int count = found.size() == most ? most : Integer.highestOneBit(found.size());
        List<Item> batch = found.subList(0, count);
        waiting.removeAll(batch);
        return batch;
    }

    /** Sets the answers; the lock that the caller takes next makes them visible. */
    private void answer(List<Item> batch) {
        try {
            List<Features> answers = network.apply(batch);
            for (int i = 0; i < batch.size(); i++) {
                batch.get(i).features = answers.get(i);
            }
        } catch (RuntimeException | Error e) {
            batch.forEach(item -> item.failure = e); // each caller is told
        }
    }

    private static void requireAnswer(Item item) {
        if (item.failure instanceof RuntimeException e) {
            throw e;
        }
        if (item.failure instanceof Error e) {
            throw e;
        }
    }
}
