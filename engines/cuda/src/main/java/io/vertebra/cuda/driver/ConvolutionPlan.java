package io.vertebra.cuda.driver;

import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE;
import static org.bytedeco.cuda.global.cudnn.CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR;

import io.vertebra.graph.engine.EngineException;
import java.util.List;

/** The code for a convolution, ready to be executed with any tensors of its form; owns cuDNN's descriptors of it. */
final class ConvolutionPlan implements AutoCloseable {
    private final PlanChoice choice;
    private final List<Tensor> tensors;
    private final List<GraphParts.Constant> constants;
    private final Engine engine;
    private final Descriptor plan;
    private final long workspace;

    private ConvolutionPlan(PlanChoice choice, ConvolutionGraph graph, Engine engine, Descriptor plan) {
        this.choice = choice;
        this.tensors = List.copyOf(graph.bound());
        this.constants = List.copyOf(graph.constants());
        this.engine = engine;
        this.plan = plan;
        this.workspace = plan.getLong(CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE);
    }

    /**
     * Compiles; the plan owns the engine where this succeeds.
     *
     * @throws EngineException if the engine refuses, with cuDNN's reason
     */
    static ConvolutionPlan of(
            PlanChoice choice, ConvolutionGraph graph, Engine engine, PlanTarget target, String operator) {
        Descriptor plan = new Descriptor(CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR, operator);
        try {
            plan.descriptor(CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, engine.configuration());
            target.describePlan(plan);
            plan.finish();
            return new ConvolutionPlan(choice, graph, engine, plan);
        } catch (RuntimeException | Error e) {
            plan.close(); // nobody else knows it
            throw e;
        }
    }

    PlanChoice choice() {
        return choice;
    }

    /** What it reads and writes, in order. */
    List<Tensor> tensors() {
        return tensors;
    }

    /** Numbers of the host that it reads. */
    List<GraphParts.Constant> constants() {
        return constants;
    }

    Descriptor descriptor() {
        return plan;
    }

    /** Bytes of working memory. */
    long workspace() {
        return workspace;
    }

    /** {@code cudnn:eng62 0=4 2=1}: cuDNN's number of the engine, and its knobs. */
    String name() {
        return engine.name();
    }

    @Override
    public void close() {
        plan.close();
        engine.close();
    }
}
