package io.vertebra.tasks.feeding;

import io.vertebra.datasets.Batch;
import io.vertebra.datasets.loading.Loader;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.Input;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Batches on their way into a session. Where the session can use it, a thread asks for the next one and brings it to where it is
 * computed with while a pass runs; else each is asked for when its turn has come. The batches and their order are the same.
 *
 * <p>Used by one thread. Owns its thread, not the loader or the session, and is closed before them.
 */
public final class Feed implements AutoCloseable {
    private final Supplier<Batch> source;
    private final Function<Batch, Map<String, Tensor>> inputs;
    private final Session session;
    private final ExecutorService thread;
    private Future<Fed> coming;
    private Fed present;
    private boolean isPresentUsed;
    private volatile boolean isWanted = true;
    private long waitedNanos;

    private Feed(Supplier<Batch> source, Function<Batch, Map<String, Tensor>> inputs, Session session) {
        this.source = source;
        this.inputs = inputs;
        this.session = session;
        this.thread = session.prefetches() ? Executors.newSingleThreadExecutor(Feed::named) : null;
    }

    private static Thread named(Runnable work) {
        Thread thread = new Thread(work, "vertebra-feed");
        thread.setDaemon(true);
        return thread;
    }

    /**
     * From a loader, which {@link Loader#seek} must tell afterwards where to start.
     *
     * @param inputs what of a batch the session is fed
     */
    public static Feed of(Loader loader, Function<Batch, Map<String, Tensor>> inputs, Session session) {
        Feed feed = new Feed(loader::next, inputs, session);
        loader.hold(feed.thread == null ? 1 : 2);
        loader.keepSamples(session.prefersBytes());
        return feed;
    }

    /**
     * From anything else.
     *
     * @param source whose batches stay as they are until two more have been asked for; null at its end
     * @param inputs what of a batch the session is fed
     */
    public static Feed of(Supplier<Batch> source, Function<Batch, Map<String, Tensor>> inputs, Session session) {
        return new Feed(source, inputs, session);
    }

    /**
     * A batch whose turn has come.
     *
     * @param batch as it was loaded
     * @param inputs the same for the session, which knows it by this object
     */
    public record Fed(Batch batch, io.vertebra.graph.engine.Batch inputs) {}

    /**
     * The next batch, or null after the last; the one before it is no longer valid. What the source throws is thrown here, when
     * the turn of its batch has come.
     *
     * @param isLast whether no other will be asked for
     */
    public Fed next(boolean isLast) {
        if (present != null && !isPresentUsed) {
            isWanted = false;
        }
        long start = System.nanoTime();
        Fed fed = thread == null ? take() : await(coming == null ? thread.submit(this::take) : coming);
        waitedNanos += System.nanoTime() - start;
        boolean goesOn = thread != null && fed != null && !isLast;
        coming = goesOn ? thread.submit(this::take) : null;
        present = fed;
        isPresentUsed = false;
        return fed;
    }

    private Fed take() {
        Batch batch = source.get();
        if (batch == null) {
            return null;
        }
        io.vertebra.graph.engine.Batch fed = new io.vertebra.graph.engine.Batch(inputs.apply(batch));
        if (isWanted) {
            session.prefetch(fed);
        }
        return new Fed(batch, fed);
    }

    private Fed await(Future<Fed> future) {
        coming = null; // one that has failed is not asked again
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for data", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) e.getCause();
        }
    }

    /** What the session is fed with in this pass. */
    public io.vertebra.graph.engine.Batch use(Fed fed) {
        isPresentUsed = true;
        return fed.inputs();
    }

    /** The same for inputs by name: the batch whose turn it is if these are its pictures, else a new one. */
    public io.vertebra.graph.engine.Batch use(Map<String, Tensor> asked) {
        boolean isPresent = present != null && areSame(present.inputs().inputs(), asked);
        return isPresent ? use(present) : new io.vertebra.graph.engine.Batch(asked);
    }

    /** Whether the pictures of two sets of inputs are of one form and one array. */
    public static boolean areSame(Map<String, Tensor> one, Map<String, Tensor> other) {
        return isSame(one.get(Input.PICTURES), other.get(Input.PICTURES));
    }

    private static boolean isSame(Tensor one, Tensor other) {
        return array(one) == array(other) && one.shape().equals(other.shape());
    }

    private static Object array(Tensor tensor) {
        if (tensor instanceof Tensor.Floats floats) {
            return floats.data();
        }
        return tensor instanceof Tensor.Bytes bytes ? bytes.data() : ((Tensor.Ints) tensor).data();
    }

    /** How long {@link #next} has waited for a batch in all, in nanoseconds. */
    public long waitedNanos() {
        return waitedNanos;
    }

    /** Ends its thread, which gives up waiting for data. */
    @Override
    public void close() {
        if (thread == null) {
            return;
        }
        thread.shutdownNow();
        boolean interrupted = false;
        while (!thread.isTerminated()) {
            try {
                thread.awaitTermination(1, TimeUnit.DAYS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
