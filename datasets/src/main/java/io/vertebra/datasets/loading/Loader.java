package io.vertebra.datasets.loading;

import io.vertebra.datasets.Batch;
import io.vertebra.datasets.Check;
import io.vertebra.datasets.Dataset;
import io.vertebra.datasets.TargetEncoder;
import io.vertebra.datasets.transforms.Pipeline;
import io.vertebra.images.Normalization;
import io.vertebra.images.Size;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Makes batches ahead of their use in threads of its own.
 *
 * <p>Batch k of epoch e depends on data, pipeline, batch size and seed only: neither the number of threads nor where the run was started
 * changes a bit of it. One thread consumes: {@link #seek}, then {@link #next} again and again. The buffers are a ring of
 * {@code prefetch + 1}, of which the consumer holds one, or as many as it has asked for by {@link #hold}. {@code lock} guards all that changes, but a buffer is its worker's while being filled.
 */
public final class Loader implements AutoCloseable {

    private final LoaderOptions options;
    private final boolean training;
    private final int samples;
    private final int batchesPerEpoch;
    private final Filler filler;
    private final List<Thread> threads = new ArrayList<>();

    private final Object lock = new Object();
    private Slot[] ring;
    private boolean asSamples;

    // numbers of batches, counted from epoch 0 on: the next one that a worker takes, the next one that the consumer
    // gets, the end
    private long taken;
    private long given;
    private long end;

    private int busy;
    private boolean closed;
    private long waitedNanos;

    /** One buffer and what is in it. */
    private static final class Slot {
        private Batch batch;
        private boolean ready;
        private Throwable failure;
    }

    private Loader(
            Dataset data,
            Pipeline pipeline,
            Normalization constants,
            LoaderOptions options,
            TargetEncoder targets,
            boolean training) {
        this.options = options;
        this.training = training;
        this.samples = data.size();
        int size = options.batchSize();
        this.batchesPerEpoch = training ? samples / size : (int) (((long) samples + size - 1) / size);
        Check.that(
                batchesPerEpoch > 0,
                "batch_size",
                training ? "is %d, but there are only %d samples" : "is %d, and there are %d samples",
                size,
                samples);
        this.filler = new Filler(data, pipeline, constants, options, targets, training);
        this.ring = slots(new Slot[0], options.prefetch() + 1);
    }

    private static Slot[] slots(Slot[] old, int count) {
        Slot[] slots = Arrays.copyOf(old, count);
        for (int i = 0; i < count; i++) {
            slots[i] = slots[i] == null ? new Slot() : slots[i];
        }
        return slots;
    }

    /** A loader for training on the classes of whole pictures: as the one with targets, without annotations. */
    public static Loader training(Dataset data, Pipeline pipeline, Normalization constants, LoaderOptions options) {
        return training(data, pipeline, constants, options, TargetEncoder.NONE);
    }

    /**
     * A loader for training: every epoch in another order, the last incomplete batch dropped, without end.
     *
     * @param targets made of every sample after its transforms
     * @throws IllegalArgumentException {@code batch_size: reason} if the data do not fill one batch, {@code transforms: reason} if pictures
     *     are mixed but targets cannot be
     */
    public static Loader training(
            Dataset data, Pipeline pipeline, Normalization constants, LoaderOptions options, TargetEncoder targets) {
        return new Loader(data, pipeline, constants, options, targets, true);
    }

    /** A loader for evaluation of the classes of whole pictures: as the one with targets, without annotations. */
    public static Loader evaluation(Dataset data, Pipeline pipeline, Normalization constants, LoaderOptions options) {
        return evaluation(data, pipeline, constants, options, TargetEncoder.NONE);
    }

    /**
     * A loader for evaluation: the data's own order, the last batch padded, one epoch at a time, no mixing of batches.
     *
     * @param targets made of every sample; one that announces no targets keeps the annotations all the same, {@link TargetEncoder#NONE} not
     */
    public static Loader evaluation(
            Dataset data, Pipeline pipeline, Normalization constants, LoaderOptions options, TargetEncoder targets) {
        return new Loader(data, pipeline, constants, options, targets, false);
    }

    /** How many batches an epoch has. */
    public int batchesPerEpoch() {
        return batchesPerEpoch;
    }

    /** How many samples the data set has. */
    public int samples() {
        return samples;
    }

    /** The size of the pictures in every batch; with buckets, of those in a batch of the first picture alone. */
    public Size imageSize() {
        return filler.size();
    }

    /** How often a broken file was met and left out so far; what was made ahead counts too. */
    public long skipped() {
        return filler.skipped();
    }

    /** How long {@link #next} has waited for a batch in all, in nanoseconds. */
    public long waitedNanos() {
        synchronized (lock) {
            return waitedNanos;
        }
    }

    /**
     * Keeps so many batches valid at once, the one that {@link #next} has returned last and those before it; {@link #seek} has to
     * follow.
     *
     * @param batches 1 at first, one buffer each
     */
    public void hold(int batches) {
        Check.that(batches >= 1, "batches", "must be at least 1, is %d", batches);
        synchronized (lock) {
            halt();
            ring = slots(ring, options.prefetch() + batches);
        }
    }

    /**
     * Says how batches keep their pictures: normalised, as at first, or as samples where nothing but the normalisation would follow
     * ({@link Batch#samples}), which gives the same numbers when they are looked up; {@link #seek} has to follow.
     */
    public void keepSamples(boolean wanted) {
        synchronized (lock) {
            halt();
            if (asSamples != wanted) {
                asSamples = wanted;
                ring = slots(new Slot[0], ring.length);
            }
        }
    }

    /** Ends this round: nobody takes a batch any more, and all buffers have come free. */
    private void halt() {
        requireOpen();
        end = 0;
        waitFor(() -> busy == 0);
    }

    /**
     * Starts, or starts again, at a batch of an epoch; what was made ahead is thrown away.
     *
     * @param epoch from 0; evaluation ends with this epoch
     * @param batch the first one to be returned, from 0
     */
    public void seek(long epoch, int batch) {
        Check.that(
                epoch >= 0 && batch >= 0 && batch <= batchesPerEpoch,
                "position",
                "epoch %d has no batch %d, only %d batches",
                epoch,
                batch,
                batchesPerEpoch);
        synchronized (lock) {
            halt();
            for (Slot slot : ring) {
                slot.ready = false;
                slot.failure = null;
            }
            taken = epoch * batchesPerEpoch + batch;
            given = taken;
            end = training ? Long.MAX_VALUE : (epoch + 1) * batchesPerEpoch;
            while (threads.size() < options.workers()) {
                Thread thread = new Thread(this::work, "vertebra-loader-" + threads.size());
                thread.setDaemon(true);
                threads.add(thread);
                thread.start();
            }
            lock.notifyAll();
        }
    }

    /**
     * The next batch, waiting for it if need be; null after the last one of an evaluation.
     *
     * <p>It is valid until the next call of this method, or a later one as {@link #hold} says, of {@link #seek} or of {@link #close}.
     *
     * @throws io.vertebra.datasets.DatasetException if one of its files is broken; it names the file
     * @throws IllegalArgumentException {@code transforms: reason} if its pictures differ in size
     * @throws IllegalStateException if the loader is closed or was never told where to start
     */
    public Batch next() {
        synchronized (lock) {
            requireOpen();
            if (end == 0) {
                throw new IllegalStateException("seek says where to start");
            }
            if (given == end) {
                return null;
            }
            Slot slot = ring[(int) (given % ring.length)];
            long before = System.nanoTime();
            waitFor(() -> slot.ready);
            waitedNanos += System.nanoTime() - before;
            if (slot.failure instanceof Error error) {
                throw error;
            }
            if (slot.failure instanceof RuntimeException exception) {
                throw exception;
            }
            slot.ready = false; // what is in it was given
            given++;
            lock.notifyAll();
            return slot.batch;
        }
    }

    private void work() {
        while (true) {
            long number;
            Slot slot;
            boolean keepsSamples;
            synchronized (lock) {
                waitFor(() -> closed || (taken < end && taken < given + options.prefetch()));
                if (closed) {
                    return;
                }
                number = taken++;
                slot = ring[(int) (number % ring.length)];
                keepsSamples = asSamples;
                busy++;
            }
            Throwable failure = null;
            try {
                if (slot.batch == null) {
                    slot.batch = filler.newBatch(keepsSamples);
                }
                filler.fill(slot.batch, number / batchesPerEpoch, (int) (number % batchesPerEpoch));
            } catch (RuntimeException | Error e) {
                failure = e; // the consumer throws it when it comes to this batch
            }
            synchronized (lock) {
                busy--;
                slot.failure = failure;
                slot.ready = true;
                lock.notifyAll();
            }
        }
    }

    /** Ends the threads and waits for them; may be called twice. */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
        }
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the loader is closed");
        }
    }

    private void waitFor(BooleanSupplier condition) {
        try {
            while (!condition.getAsBoolean()) {
                lock.wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for data", e);
        }
    }
}
