package io.vertebra.onednn.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import io.vertebra.graph.Graph;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Groups;
import io.vertebra.graph.engine.Optimizer;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Scalars;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.TrainingState;
import io.vertebra.graph.engine.Update;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** What a pass leaves to the garbage collector. */
class AllocationTest {
    private static final int STEPS = 50;
    /** The numbers of the optimizer rule, one record for each group; a key and a map of shapes were 1 kB. */
    private static final long MOST = 256;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final Graph graph = Models.residual();

    private Session session() {
        Update update = new Update(new Optimizer.Sgd(0.9, true), 1, 0.9);
        Groups groups = Groups.all(graph, 1e-3);
        TrainingState state = TrainingState.fresh(graph, Models.parameters(graph), update, groups);
        return OneDnnBackend.open(graph, state, Options.training(Precision.FP32, update, groups, 7));
    }

    private long bytesOfAStep(Runnable step) {
        for (int i = 0; i < STEPS; i++) {
            step.run();
        }
        long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        for (int i = 0; i < STEPS; i++) {
            step.run();
        }
        return (threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before) / STEPS;
    }

    @Test
    void aStepOfAKnownShapeAllocatesNextToNothing() {
        assumeTrue(threads.isThreadAllocatedMemorySupported(), "this JVM does not count allocations");
        Batch batch = Models.batch(2, 16, 1);
        Scalars scalars = Scalars.of(0.01, 0);
        try (Session session = session()) {
            assertThat(bytesOfAStep(() -> session.step(batch, scalars))).isLessThanOrEqualTo(MOST);
        }
    }
}
