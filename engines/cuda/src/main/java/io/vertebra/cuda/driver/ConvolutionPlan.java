package io.vertebra.cuda.driver;

import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_EXECUTION_PLAN_JSON_REPRESENTATION;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE;
import static org.bytedeco.cuda.global.cudnn.CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR;

import io.vertebra.graph.engine.EngineException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The code for a convolution, ready to be executed with any tensors of its form; owns cuDNN's descriptors of it. */
final class ConvolutionPlan implements AutoCloseable {
    /** Of what is kept of a plan. */
    private static final String FORMAT = "plan of cuDNN, 1";

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
     * Compiles, or reads what was compiled at an earlier start; the plan owns the engine where this succeeds.
     *
     * @throws EngineException if the engine refuses, with cuDNN's reason
     */
    static ConvolutionPlan of(
            PlanChoice choice, ConvolutionGraph graph, Engine engine, PlanTarget target, String operator) {
        Supplier<Descriptor> compiler = () -> finished(
                plan -> plan.descriptor(CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, engine.configuration()),
                target,
                operator);
        Descriptor plan = engine.isCompiled()
                ? KeptCode.of(
                                target.cache(),
                                FORMAT,
                                target.description(),
                                engine.name(),
                                graph.descriptor().text())
                        .make(json -> read(json, target, operator), compiler, ConvolutionPlan::json)
                : compiler.get();
        try {
            return new ConvolutionPlan(choice, graph, engine, plan);
        } catch (RuntimeException | Error e) {
            plan.close(); // nobody else knows it
            throw e;
        }
    }

    private static Descriptor finished(Consumer<Descriptor> content, PlanTarget target, String operator) {
        Descriptor plan = new Descriptor(CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR, operator);
        try {
            target.describePlan(plan); // cuDNN crashes where it reads a plan for no card
            content.accept(plan);
            return plan.finish();
        } catch (RuntimeException | Error e) {
            plan.close(); // nobody else knows it
            throw e;
        }
    }

    /** Nothing where cuDNN does not take it: it is compiled again. */
    private static Optional<Descriptor> read(byte[] json, PlanTarget target, String operator) {
        try {
            return Optional.of(
                    finished(plan -> plan.text(CUDNN_ATTR_EXECUTION_PLAN_JSON_REPRESENTATION, json), target, operator));
        } catch (EngineException e) {
            return Optional.empty();
        }
    }

    /** Graph, card, engine and machine code, as cuDNN writes them; nothing where it does not. */
    private static Optional<byte[]> json(Descriptor plan) {
        try {
            return Optional.of(plan.getText(CUDNN_ATTR_EXECUTION_PLAN_JSON_REPRESENTATION));
        } catch (EngineException e) {
            return Optional.empty();
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
