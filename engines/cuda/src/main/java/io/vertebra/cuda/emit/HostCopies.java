package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Resource;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.Shape;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Copies between arrays and page-locked memory, long ones by several threads at once: one alone took about 27 ms for 154 MB
 * beside an H200. Safe for several callers; owns its threads, which start with the first long array.
 */
public final class HostCopies implements Resource {
    private static final int MOST_THREADS = 4;
    /** Elements of a part; shorter ones are copied before another thread has woken up. */
    private static final int LEAST = 1 << 18;

    private final int threads;
    private final int least;
    private ExecutorService others;

    /** Four threads, on a machine that has as many. */
    public HostCopies() {
        this(Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors()), LEAST);
    }

    /**
     * With other numbers.
     *
     * @param threads at most, the caller's own among them
     * @param least elements of a part
     */
    HostCopies(int threads, int least) {
        this.threads = threads;
        this.least = least;
    }

    /** What is done with a range of elements. */
    private interface Part {
        void copy(int from, int length);
    }

    /** From an array. */
    public void put(float[] from, FloatBuffer to) {
        if (isShort(from.length)) { // without a lambda, which would be garbage in each step
            to.put(0, from);
        } else {
            inParts(from.length, least, (at, length) -> to.put(at, from, at, length));
        }
    }

    /** From an array. */
    public void put(int[] from, IntBuffer to) {
        if (isShort(from.length)) {
            to.put(0, from);
        } else {
            inParts(from.length, least, (at, length) -> to.put(at, from, at, length));
        }
    }

    /** From an array. */
    private void put(byte[] from, ByteBuffer to) {
        inParts(from.length, least * Float.BYTES, (at, length) -> to.put(at, from, at, length));
    }

    /** Bytes of a tensor as {@link #put(Tensor, ByteBuffer)} lays it out. */
    public static long bytes(Tensor tensor) {
        long elements = tensor.shape().elements();
        return tensor instanceof Tensor.Bytes ? bytes(tensor.shape()) : elements * Float.BYTES; // I32 are as long
    }

    /** Bytes of pictures (N, C, H, W) as bytes: their values, then the samples, to a whole number of words. */
    static long bytes(Shape pictures) {
        long values = (long) pictures.c() * Tensor.Bytes.LEVELS;
        return Float.BYTES * (values + (pictures.elements() + Float.BYTES - 1) / Float.BYTES);
    }

    /** Lays a tensor out at the beginning of memory. */
    public void put(Tensor tensor, ByteBuffer to) {
        if (tensor instanceof Tensor.Floats floats) {
            put(floats.data(), to.asFloatBuffer());
        } else if (tensor instanceof Tensor.Ints ints) {
            put(ints.data(), to.asIntBuffer());
        } else {
            Tensor.Bytes bytes = (Tensor.Bytes) tensor;
            int values = bytes.values().length * Float.BYTES;
            put(bytes.values(), to.asFloatBuffer());
            put(bytes.data(), to.slice(values, to.capacity() - values));
        }
    }

    /** To an array. */
    void get(FloatBuffer from, float[] to) {
        if (isShort(to.length)) {
            from.get(0, to);
        } else {
            inParts(to.length, least, (at, length) -> from.get(at, to, at, length));
        }
    }

    private boolean isShort(int elements) {
        return threads == 1 || elements < 2L * least;
    }

    private void inParts(int elements, int atLeast, Part part) {
        int parts = Math.max(1, Math.min(threads, elements / atLeast));
        List<Future<?>> running = new ArrayList<>();
        try {
            for (int i = 1; i < parts; i++) {
                int from = bound(elements, i, parts);
                int length = bound(elements, i + 1, parts) - from;
                running.add(workers().submit(() -> part.copy(from, length)));
            }
            part.copy(0, bound(elements, 1, parts));
        } finally {
            await(running); // whoever called may free the memory
        }
    }

    private static int bound(int elements, int part, int parts) {
        return (int) ((long) elements * part / parts);
    }

    private synchronized ExecutorService workers() {
        if (others == null) {
            AtomicInteger number = new AtomicInteger();
            others = Executors.newFixedThreadPool(threads - 1, work -> {
                Thread thread = new Thread(work, "vertebra-copy-" + number.getAndIncrement());
                thread.setDaemon(true);
                return thread;
            });
        }
        return others;
    }

    /** All of them, also where this thread is interrupted or one has failed: a part that was begun writes on. */
    private static void await(List<Future<?>> running) {
        boolean interrupted = false;
        Throwable failure = null;
        for (int i = 0; i < running.size(); ) {
            try {
                running.get(i).get();
                i++;
            } catch (InterruptedException e) {
                interrupted = true;
            } catch (ExecutionException e) {
                failure = e.getCause();
                i++;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (failure != null) {
            throw new IllegalStateException("a copy failed", failure);
        }
    }

    /** Ends its threads, which have nothing to do any more. */
    @Override
    public synchronized void close() {
        if (others != null) {
            others.shutdown();
            others = null;
        }
    }
}
