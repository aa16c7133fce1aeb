package io.vertebra.graph.contract;

import io.vertebra.graph.Graph;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.op.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/** Sessions side by side, and one session under several threads. */
final class ThreadContract {
    private static final int THREADS = 4;
    private static final int PASSES = 10;

    private ThreadContract() {}

    static void severalSessionsAtOnce(Engine engine, Precision precision) {
        Graph graph = SessionContract.anySize();
        Options options = Options.inference(precision);
        List<Session> sessions = new ArrayList<>();
        try {
            for (int i = 0; i < THREADS; i++) {
                sessions.add(engine.open(graph, SessionContract.parameters(graph), options));
            }
            Batch batch = SessionContract.batch(graph, Shape.of(2, 3, 9, 9));
            List<Outputs> outputs =
                    sessions.stream().map(s -> s.evaluate(batch)).toList();
            outputs.forEach(o -> SessionContract.assertSameBits(o, outputs.get(0)));
            // one that is closed takes nothing from the others
            sessions.get(0).close();
            SessionContract.assertSameBits(sessions.get(1).evaluate(batch), outputs.get(0));
        } finally {
            sessions.forEach(Session::close);
        }
    }

    static void aSessionAThread(Engine engine, Precision precision) {
        Graph graph = SessionContract.anySize();
        List<Batch> batches = IntStream.range(0, THREADS)
                .mapToObj(i -> SessionContract.batch(graph, Shape.of(2, 3, 9 + i, 8)))
                .toList();
        List<Outputs> alone =
                batches.stream().map(b -> evaluate(engine, graph, precision, b)).toList();
        parallel(thread -> {
            for (int pass = 0; pass < PASSES; pass++) {
                Outputs outputs = evaluate(engine, graph, precision, batches.get(thread));
                SessionContract.assertSameBits(outputs, alone.get(thread));
            }
            return null;
        });
    }

    private static Outputs evaluate(Engine engine, Graph graph, Precision precision, Batch batch) {
        Options options = Options.inference(precision);
        try (Session session = engine.open(graph, SessionContract.parameters(graph), options)) {
            return session.evaluate(batch).copy();
        }
    }

    /** All threads ask for the same, as outputs hold until the next pass of whichever thread. */
    static void severalThreadsOnOneSession(Engine engine, Precision precision) {
        Graph graph = SessionContract.anySize();
        Batch batch = SessionContract.batch(graph, Shape.of(2, 3, 9, 9));
        Options options = Options.inference(precision);
        try (Session session = engine.open(graph, SessionContract.parameters(graph), options)) {
            Outputs alone = session.evaluate(batch).copy();
            parallel(thread -> {
                for (int pass = 0; pass < PASSES; pass++) {
                    SessionContract.assertSameBits(session.evaluate(batch), alone);
                }
                return null;
            });
        }
    }

    /** What a thread does, by its number. */
    private interface Work {
        Void run(int thread);
    }

    private static void parallel(Work work) {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Callable<Void>> calls = IntStream.range(0, THREADS)
                    .<Callable<Void>>mapToObj(i -> () -> work.run(i))
                    .toList();
            for (Future<Void> future : threads.invokeAll(calls)) {
                future.get();
            }
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        } finally {
            threads.shutdown();
        }
    }
}
