package io.vertebra.cuda.driver;

import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_ENGINEHEUR_MODE;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_ENGINEHEUR_RESULTS;
import static org.bytedeco.cuda.global.cudnn.CUDNN_BACKEND_ENGINECFG_DESCRIPTOR;
import static org.bytedeco.cuda.global.cudnn.CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR;
import static org.bytedeco.cuda.global.cudnn.CUDNN_HEUR_MODE_A;
import static org.bytedeco.cuda.global.cudnn.CUDNN_HEUR_MODE_B;
import static org.bytedeco.cuda.global.cudnn.CUDNN_HEUR_MODE_FALLBACK;
import static org.bytedeco.cuda.global.cudnn.CUDNN_TYPE_HEUR_MODE;

import io.vertebra.cuda.device.ConvolutionSpec;
import io.vertebra.graph.engine.EngineException;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds code for a convolution: asks cuDNN for engines, the better first, and takes those that compute as the specification asks,
 * within the working memory that they may have.
 */
final class PlanFinder {
    /** The quick answer, the considered one, and what always works; the last only after every form was asked the others. */
    private static final List<List<Integer>> ROUNDS =
            List.of(List.of(CUDNN_HEUR_MODE_A, CUDNN_HEUR_MODE_B), List.of(CUDNN_HEUR_MODE_FALLBACK));

    private final ConvolutionSpec spec;
    private final PlanTarget target;
    private final long workspaceLimit;
    private final String operator;
    private final List<ConvolutionPlan> plans = new ArrayList<>();
    private String refusal = "no engine was proposed";

    private PlanFinder(ConvolutionSpec spec, PlanTarget target, long workspaceLimit) {
        this.spec = spec;
        this.target = target;
        this.workspaceLimit = workspaceLimit;
        this.operator = Operators.name(spec);
    }

    /**
     * The first plans, the better first; at least one, and of each form at most so many. The caller closes them.
     *
     * @param most 1: only the first is wanted, of whatever form
     * @throws EngineException if there is none
     */
    static List<ConvolutionPlan> find(ConvolutionSpec spec, PlanTarget target, long workspaceLimit, int most) {
        PlanFinder finder = new PlanFinder(spec, target, workspaceLimit);
        try {
            for (List<Integer> modes : ROUNDS) {
                for (PlanForm form : PlanForm.of(spec)) {
                    finder.collect(form, modes, most);
                }
            }
        } catch (RuntimeException | Error e) {
            finder.plans.forEach(ConvolutionPlan::close); // nobody else knows them
            throw e;
        }
        if (finder.plans.isEmpty()) {
            throw new EngineException(
                    EngineException.Kind.UNSUPPORTED,
                    "cuda: " + finder.operator + ": cuDNN has no engine for it: " + Operators.shapes(spec) + "; last: "
                            + finder.refusal);
        }
        return finder.plans;
    }

    /** The plan of a choice that was made before, or nothing if cuDNN answers otherwise now. */
    static List<ConvolutionPlan> again(
            ConvolutionSpec spec, PlanTarget target, long workspaceLimit, PlanChoice choice) {
        PlanFinder finder = new PlanFinder(spec, target, workspaceLimit);
        try (ConvolutionGraph graph = ConvolutionGraph.of(spec, choice.form(), target)) {
            List<Descriptor> answers = finder.ask(graph, choice.mode());
            answers.stream().skip(choice.index() + 1L).forEach(Descriptor::close);
            answers.stream().limit(choice.index()).forEach(Descriptor::close);
            if (choice.index() < answers.size()) {
                finder.take(graph, answers.get(choice.index()), choice);
            }
        }
        return finder.plans;
    }

    private void collect(PlanForm form, List<Integer> modes, int most) {
        if (isEnough(form, most)) {
            return;
        }
        try (ConvolutionGraph graph = ConvolutionGraph.of(spec, form, target)) {
            for (int mode : modes) {
                List<Descriptor> answers = ask(graph, mode);
                int next = 0;
                try {
                    while (next < answers.size() && !isEnough(form, most)) {
                        next++;
                        take(graph, answers.get(next - 1), new PlanChoice(form, mode, next - 1));
                    }
                } finally {
                    answers.stream().skip(next).forEach(Descriptor::close);
                }
            }
        } catch (EngineException e) { // no graph of this form
            refused(e);
        }
    }

    private boolean isEnough(PlanForm form, int most) {
        return most == 1
                ? !plans.isEmpty()
                : plans.stream().filter(p -> p.choice().form() == form).count() >= most;
    }

    /** Configurations of engines; none where cuDNN has no answer. */
    private List<Descriptor> ask(ConvolutionGraph graph, int mode) {
        try (Descriptor question = new Descriptor(CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR, operator)) {
            question.descriptor(CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH, graph.descriptor())
                    .constants(CUDNN_ATTR_ENGINEHEUR_MODE, CUDNN_TYPE_HEUR_MODE, mode);
            target.describeQuestion(question);
            question.finish();
            return question.getDescriptors(CUDNN_ATTR_ENGINEHEUR_RESULTS, CUDNN_BACKEND_ENGINECFG_DESCRIPTOR);
        } catch (EngineException e) {
            refused(e);
            return List.of();
        }
    }

    /** Makes a plan of a configuration, which it owns from here on. */
    private void take(ConvolutionGraph graph, Descriptor configuration, PlanChoice choice) {
        ConvolutionPlan plan = null;
        boolean isTaken = false;
        try {
            Engine engine = new Engine(configuration);
            if (engine.serves(spec)) {
                plan = ConvolutionPlan.of(choice, graph, engine, target, operator);
                if (plan.workspace() <= workspaceLimit) {
                    isTaken = true;
                } else {
                    refusal = engine.name() + " needs " + plan.workspace() + " bytes of working memory";
                }
            } else {
                refusal = engine.name() + " computes less exactly, or another result each time";
            }
        } catch (EngineException e) {
            refused(e);
        } finally {
            if (isTaken) {
                plans.add(plan);
            } else if (plan != null) {
                plan.close();
            } else {
                configuration.close();
            }
        }
    }

    /** What the whole machine suffers from is no answer of cuDNN. */
    private void refused(EngineException e) {
        if (e.kind() == EngineException.Kind.OUT_OF_MEMORY) {
            throw e;
        }
        refusal = e.getMessage();
    }
}
