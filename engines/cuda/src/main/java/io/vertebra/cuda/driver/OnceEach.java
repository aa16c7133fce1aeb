package io.vertebra.cuda.driver;

import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * What is made once for each key, by the thread that asks first; others wait for it. What fails is told to all who wait, and tried
 * again at the next request. Any number of threads may use it.
 */
final class OnceEach<K, V> {
    private final ConcurrentMap<K, CompletableFuture<V>> made = new ConcurrentHashMap<>();
    private final Function<K, V> maker;

    OnceEach(Function<K, V> maker) {
        this.maker = maker;
    }

    /** The one of this key. */
    V get(K key) {
        CompletableFuture<V> own = new CompletableFuture<>();
        CompletableFuture<V> other = made.putIfAbsent(key, own);
        if (other != null) {
            return await(other);
        }
        try {
            V value = maker.apply(key);
            own.complete(value);
            return value;
        } catch (RuntimeException | Error e) {
            made.remove(key, own);
            own.completeExceptionally(e);
            throw e;
        }
    }

    private static <V> V await(CompletableFuture<V> other) {
        try {
            return other.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw (Error) e.getCause(); // nothing else is caught
        }
    }

    /**
     * Makes those that are not made yet, by this thread and new ones, all of which have ended when it returns. After a failure
     * nothing more is begun.
     *
     * @param threads at most so many at once
     */
    void prepare(Collection<K> keys, int threads) {
        Queue<K> left = new ConcurrentLinkedQueue<>(
                keys.stream().distinct().filter(k -> !made.containsKey(k)).toList());
        CompletableFuture<Void> failure = new CompletableFuture<>();
        Runnable work = () -> {
            try {
                for (K key = left.poll(); key != null; key = left.poll()) {
                    get(key);
                }
            } catch (RuntimeException | Error e) {
                left.clear();
                failure.completeExceptionally(e); // the first
            }
        };
        int others = Math.max(0, Math.min(threads, left.size()) - 1);
        List<Thread> started =
                IntStream.rangeClosed(1, others).mapToObj(n -> start(work, n)).toList();
        work.run();
        boolean interrupted = false;
        for (Thread thread : started) {
            interrupted |= end(thread);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (failure.isCompletedExceptionally()) {
            await(failure);
        }
    }

    private static Thread start(Runnable work, int number) {
        Thread thread = new Thread(work, "vertebra-cuda-compiler-" + number);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** Waits, through interruptions, which it tells. */
    private static boolean end(Thread thread) {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                return interrupted;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
    }
}
