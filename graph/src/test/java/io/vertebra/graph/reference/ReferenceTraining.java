package io.vertebra.graph.reference;

import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Groups;
import io.vertebra.graph.engine.Optimizer;
import io.vertebra.graph.engine.Scalars;
import io.vertebra.graph.engine.TrainingState;
import io.vertebra.graph.engine.Update;
import io.vertebra.graph.op.ParameterSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Steps of training in float64: accumulation, clipping, optimizer, moving average; what {@code Session.step} must do.
 *
 * <p>One step: a pass in training form of what the loss needs, running statistics, gradients of {@code loss} added to those before. When
 * applied: the mean over the micro-batches, scaled by {@code min(1, limit / (norm + 1e-6))} with the norm over all
 * trained parameters, then the optimizer's formula on each, then the moving average of all parameters and buffers.
 */
public final class ReferenceTraining {
    private final Graph graph;
    private final Update update;
    private final Groups groups;
    private final long seed;
    private final List<ParameterSpec> trained;
    private final Set<String> indices;
    private final Map<String, double[]> parameters;
    private final Map<String, double[]> average = new LinkedHashMap<>();
    private final Map<String, double[]> slots = new LinkedHashMap<>();
    private final Map<String, double[]> sums = new LinkedHashMap<>();

    /** Begins from a state, which is copied. */
    public ReferenceTraining(Graph graph, TrainingState state, Update update, Groups groups, long seed) {
        this(graph, ReferenceInterpreter.widen(state.parameters()), update, groups, seed);
        state.ema().ifPresent(ema -> average.putAll(ReferenceInterpreter.widen(ema)));
        state.slots().forEach((name, values) -> slots.put(name, DoubleTensor.widen(values)));
    }

    /** Begins afresh from these parameters, which are changed. */
    ReferenceTraining(Graph graph, Map<String, double[]> parameters, Update update, Groups groups, long seed) {
        this.graph = graph;
        this.update = update;
        this.groups = groups;
        this.seed = seed;
        this.trained = graph.parameters().stream().filter(groups::isTrained).toList();
        this.indices = graph.parameters().stream()
                .filter(ParameterSpec::isIndex)
                .map(ParameterSpec::name)
                .collect(Collectors.toUnmodifiableSet());
        this.parameters = parameters;
        if (update.hasEma()) {
            parameters.forEach((name, values) -> average.put(name, values.clone()));
        }
        for (ParameterSpec spec : trained) {
            int length = parameters.get(spec.name()).length;
            sums.put(spec.name(), new double[length]);
            update.optimizer().slots().forEach(slot -> slots.put(slot + "." + spec.name(), new double[length]));
        }
    }

    /** One micro-batch. */
    public Pass step(Batch batch, Scalars scalars) {
        return step(ReferenceInterpreter.widen(batch), scalars);
    }

    Pass step(Map<String, DoubleTensor> inputs, Scalars scalars) {
        Form form = new Form(true, seed, scalars.step(), scalars.microBatch());
        Pass pass = new ReferenceInterpreter(graph.upTo("loss"), parameters).forward(inputs, form);
        pass.updateStatistics();
        Map<String, double[]> gradients =
                pass.backward(Map.of("loss", new double[] {1})).parameters();
        sums.forEach((name, sum) -> {
            double[] g = gradients.getOrDefault(name, new double[sum.length]);
            for (int i = 0; i < sum.length; i++) {
                sum[i] += g[i];
            }
        });
        if (scalars.apply()) {
            apply(scalars);
        }
        return pass;
    }

    private void apply(Scalars scalars) {
        double squares = 0;
        for (double[] sum : sums.values()) {
            for (int i = 0; i < sum.length; i++) {
                sum[i] /= scalars.microBatch() + 1;
                squares += sum[i] * sum[i];
            }
        }
        double clip = update.clipNorm() == 0 ? 1 : Math.min(1, update.clipNorm() / (Math.sqrt(squares) + 1e-6));
        for (ParameterSpec spec : trained) {
            double[] gradient = sums.get(spec.name());
            for (int i = 0; i < gradient.length; i++) {
                gradient[i] *= clip;
            }
            move(spec.name(), gradient, scalars);
            java.util.Arrays.fill(gradient, 0);
        }
        if (update.hasEma()) {
            average.forEach((name, values) -> {
                if (indices.contains(name)) {
                    return; // what chooses is not averaged
                }
                double[] now = parameters.get(name);
                for (int i = 0; i < values.length; i++) {
                    values[i] = update.emaDecay() * values[i] + (1 - update.emaDecay()) * now[i];
                }
            });
        }
    }

    private void move(String name, double[] gradient, Scalars scalars) {
        double rate = scalars.learningRate() * groups.get(name).rateFactor();
        double decay = groups.get(name).decay();
        double[] w = parameters.get(name);
        if (update.optimizer() instanceof Optimizer.Sgd sgd) {
            sgd(sgd, w, gradient, slots.get("momentum." + name), rate, decay);
        } else if (update.optimizer() instanceof Optimizer.AdamW adamW) {
            double[] m = slots.get("exp_avg." + name);
            double[] v = slots.get("exp_avg_sq." + name);
            adamW(adamW, w, gradient, m, v, rate, decay, scalars.step() + 1);
        }
    }

    private static void sgd(Optimizer.Sgd rule, double[] w, double[] gradient, double[] m, double rate, double decay) {
        for (int i = 0; i < w.length; i++) {
            double g = gradient[i] + decay * w[i];
            if (m == null) {
                w[i] -= rate * g;
            } else {
                m[i] = rule.momentum() * m[i] + g;
                w[i] -= rate * (rule.nesterov() ? g + rule.momentum() * m[i] : m[i]);
            }
        }
    }

    private static void adamW(
            Optimizer.AdamW rule, double[] w, double[] g, double[] m, double[] v, double rate, double decay, long t) {
        for (int i = 0; i < w.length; i++) {
            m[i] = rule.beta1() * m[i] + (1 - rule.beta1()) * g[i];
            v[i] = rule.beta2() * v[i] + (1 - rule.beta2()) * g[i] * g[i];
            double mean = m[i] / (1 - Math.pow(rule.beta1(), (double) t));
            double square = v[i] / (1 - Math.pow(rule.beta2(), (double) t));
            w[i] = (1 - rate * decay) * w[i] - rate * mean / (Math.sqrt(square) + rule.epsilon());
        }
    }

    /** All outputs in inference form, with the present weights or their average. */
    public Pass evaluate(Batch batch, boolean averaged) {
        return new ReferenceInterpreter(graph, averaged ? average : parameters).forward(batch, Form.inference(seed));
    }

    /** Parameters and buffers by full name; the arrays themselves. */
    public Map<String, double[]> parameters() {
        return parameters;
    }

    /** Their moving average, where one is kept. */
    public Optional<Map<String, double[]>> average() {
        return update.hasEma() ? Optional.of(average) : Optional.empty();
    }

    /** The optimizer's arrays, {@code <slot>.<parameter>}; the arrays themselves. */
    public Map<String, double[]> slots() {
        return slots;
    }

    /** Writes everything into a state as floats. */
    public void save(TrainingState state) {
        save(parameters, state.parameters());
        state.ema().ifPresent(ema -> save(average, ema));
        state.slots().forEach((name, values) -> narrow(slots.get(name), values));
    }

    /** Gives every kept number the precision of a float, so that a saved state is all there is. */
    public void roundToFloat() {
        round(parameters);
        round(slots);
        round(average);
    }

    private static void round(Map<String, double[]> arrays) {
        for (double[] values : arrays.values()) {
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) values[i];
            }
        }
    }

    static void save(Map<String, double[]> from, Parameters to) {
        to.names().forEach(name -> narrow(from.get(name), to.get(name)));
    }

    private static void narrow(double[] from, float[] to) {
        System.arraycopy(DoubleTensor.narrow(from), 0, to, 0, to.length);
    }
}
