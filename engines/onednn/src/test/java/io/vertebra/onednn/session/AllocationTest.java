package io.vertebra.onednn.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import io.vertebra.graph.Conv;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Groups;
import io.vertebra.graph.engine.Optimizer;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Scalars;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.engine.TrainingState;
import io.vertebra.graph.engine.Update;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.RoiAlign;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a pass leaves to the garbage collector. */
class AllocationTest {
    private static final int STEPS = 50;
    /** The numbers of the optimizer rule, one record for each group; a key and a map of shapes were 1 kB. */
    private static final long MOST = 256;

    /** Looking at one input more. */
    private static final long INPUT = 64;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static Session session(Graph graph) {
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

    private void checkStep(Graph graph, Batch batch, long most) {
        assumeTrue(threads.isThreadAllocatedMemorySupported(), "this JVM does not count allocations");
        Scalars scalars = Scalars.of(0.01, 0);
        try (Session session = session(graph)) {
            assertThat(bytesOfAStep(() -> session.step(batch, scalars))).isLessThanOrEqualTo(most);
        }
    }

    @Test
    void aStepOfAKnownShapeAllocatesNextToNothing() {
        checkStep(Models.residual(), Models.batch(2, 16, 1), MOST);
    }

    /** From two levels, the coarse one of which has the larger region. */
    @Test
    void noMoreDoesOneThatCutsRegions() {
        GraphBuilder g = new GraphBuilder();
        Node fine = g.conv("fine", g.image(3, 16, 16), Conv.of(3, 16));
        Node coarse = g.conv("coarse", fine, Conv.of(3, 16).stride(2));
        Node rois = g.input("rois", DataType.F32, Shape.of(Shape.ANY, 5));
        RoiAlign op = new RoiAlign(Size.of(2), List.of(1 / 16.0, 1 / 32.0), 2, false);
        Node logits = g.linear("fc", g.flatten(g.roiAlign(List.of(fine, coarse), rois, op)), Models.CLASSES);
        Node labels = g.input("labels", DataType.I32, Shape.of(Shape.ANY));
        g.output("loss", g.softmaxCrossEntropy(logits, labels, new SoftmaxCrossEntropy(0, -100)));
        Map<String, Tensor> inputs = new LinkedHashMap<>(Models.batch(2, 16, 1).inputs());
        inputs.put("rois", Tensor.of(new float[] {1, 0, 0, 200, 200, 0, 8, 8, 256, 256}, 2, 5));
        checkStep(g.build(), new Batch(inputs), MOST + INPUT);
    }
}
