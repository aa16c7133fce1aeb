package io.vertebra.graph.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.graph.Graph;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.engine.TrainingState;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Batches that are brought ahead: the same bits, whatever is used of them and when. */
final class PrefetchContract {
    private static final TrainingCase ONE = TrainingCases.named("adamw, clipped, 2 batches, moving average");
    private static final int STEPS = 6;

    private PrefetchContract() {}

    /** What comes next is brought by another thread while a step runs. */
    static void trainsToTheSameBits(Engine engine, Precision precision) {
        List<Batch> batches = batches();
        TrainingState plain = ONE.fresh();
        List<Outputs> expected = train(engine, precision, batches, plain, false);
        TrainingState ahead = ONE.fresh();
        List<Outputs> actual = train(engine, precision, batches, ahead, true);
        for (int i = 0; i < expected.size(); i++) {
            SessionContract.assertSameBits(actual.get(i), expected.get(i));
        }
        assertThat(TrainingContract.bits(ahead)).isEqualTo(TrainingContract.bits(plain));
    }

    /** Two of each size, for what is recorded runs at the second time first; and the first size again. */
    private static List<Batch> batches() {
        List<Batch> batches = new ArrayList<>();
        for (int i = 0; i < 2 * STEPS; i++) {
            Shape image = Shape.of(2 + i / 2 % 3 * 2, 3, 8 + i / 2 % 2, 8);
            batches.add(SessionContract.batch(ONE.graph(), image));
        }
        return batches;
    }

    private static List<Outputs> train(
            Engine engine, Precision precision, List<Batch> batches, TrainingState state, boolean ahead) {
        List<Outputs> outputs = new ArrayList<>();
        Batch other = ONE.batch(0, 0);
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (Session session = engine.open(ONE.graph(), state, ONE.options(precision))) {
            Future<?> brought = thread.submit(() -> {
                if (ahead) {
                    session.prefetch(batches.get(0));
                }
            });
            for (int i = 0; i < batches.size(); i++) {
                brought.get();
                int next = i + 1;
                brought = thread.submit(() -> {
                    if (ahead && next < batches.size()) {
                        session.prefetch(batches.get(next));
                    }
                });
                outputs.add(
                        session.step(batches.get(i), ONE.scalars(i / 2, i % 2)).copy());
                if (i % 3 == 0) {
                    outputs.add(session.evaluate(other, Session.Weights.EMA).copy());
                }
            }
            session.save(state);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        } finally {
            thread.shutdown();
        }
        return outputs;
    }

    /** Passes take what was brought in another order, in part, not at all or twice. */
    static void givesTheSameInAnyOrder(Engine engine, Precision precision) {
        Graph graph = SessionContract.anySize();
        Batch[] batches = new Batch[4];
        List<Outputs> expected = new ArrayList<>();
        Options options = Options.inference(precision);
        try (Session session = engine.open(graph, SessionContract.parameters(graph), options)) {
            for (int i = 0; i < batches.length; i++) {
                batches[i] = SessionContract.batch(graph, Shape.of(2, 3, 9 - i % 3, 8 + i));
                expected.add(session.evaluate(batches[i]).copy());
            }
            int[] brought = {0, 0, 1, 1, 2, 3, 0, 1, 2};
            int[] evaluated = {0, 1, 1, 0, 0, 3, 3, 2, 2};
            for (int i = 0; i < brought.length; i++) {
                session.prefetch(batches[brought[i]]);
                session.prefetch(batches[(brought[i] + i) % batches.length]);
                for (int which : new int[] {evaluated[i], brought[i], brought[i]}) {
                    SessionContract.assertSameBits(session.evaluate(batches[which]), expected.get(which));
                }
            }
        }
    }

    static void refusesABatchThatDoesNotFitWhenItIsUsed(Engine engine, Precision precision) {
        Graph graph = SessionContract.anySize();
        Batch good = SessionContract.batch(graph, Shape.of(2, 3, 9, 9));
        Options options = Options.inference(precision);
        try (Session session = engine.open(graph, SessionContract.parameters(graph), options)) {
            Outputs before = session.evaluate(good).copy();
            List<Batch> bad = List.of(
                    new Batch(Map.of()),
                    new Batch(Map.of("input", Tensor.of(new int[2 * 3 * 64], 2, 3, 8, 8))),
                    Batch.of(Tensor.of(new float[0], 0, 3, 8, 8)),
                    Batch.of(Tensor.of(new float[2 * 4 * 64], 2, 4, 8, 8)));
            for (Batch batch : bad) {
                session.prefetch(batch);
                assertThatThrownBy(() -> session.evaluate(batch)).isInstanceOf(GraphException.class);
                SessionContract.assertSameBits(session.evaluate(good), before);
                session.prefetch(good);
                SessionContract.assertSameBits(session.evaluate(good), before);
            }
        }
    }

    static void closesWhateverIsUnderWay(Engine engine, Precision precision) {
        Graph graph = SessionContract.anySize();
        Batch batch = SessionContract.batch(graph, Shape.of(2, 3, 9, 9));
        Options options = Options.inference(precision);
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            for (int i = 0; i < 8; i++) {
                Session session = engine.open(graph, SessionContract.parameters(graph), options);
                boolean serves = session.prefetches();
                Future<?> running = thread.submit(() -> session.prefetch(batch));
                session.close();
                assertEnds(running);
                if (serves) {
                    assertThatThrownBy(() -> session.prefetch(batch)).isInstanceOf(IllegalStateException.class);
                }
            }
        } finally {
            thread.shutdown();
        }
    }

    /** Either it was in time, or it found a closed session. */
    private static void assertEnds(Future<?> running) {
        try {
            running.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        } catch (ExecutionException e) {
            assertThat(e.getCause()).isInstanceOf(IllegalStateException.class).hasMessage("the session is closed");
        }
    }
}
