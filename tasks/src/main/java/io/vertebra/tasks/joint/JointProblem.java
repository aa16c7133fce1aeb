package io.vertebra.tasks.joint;

import io.vertebra.datasets.Batch;
import io.vertebra.datasets.Dataset;
import io.vertebra.datasets.TargetEncoder;
import io.vertebra.graph.Node;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.heads.Assembly;
import io.vertebra.tasks.Forward;
import io.vertebra.tasks.Prediction;
import io.vertebra.tasks.Problem;
import io.vertebra.tasks.Scores;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The problems of several heads as one.
 *
 * @param problems by key
 * @param weights of their losses in the sum, by key
 */
record JointProblem(Map<String, Problem> problems, Map<String, Double> weights) implements Problem {

    JointProblem {
        problems = Collections.unmodifiableMap(new LinkedHashMap<>(problems));
        weights = Collections.unmodifiableMap(new LinkedHashMap<>(weights));
    }

    @Override
    public List<String> metrics() {
        return problems.entrySet().stream()
                .flatMap(e -> e.getValue().metrics().stream().map(metric -> e.getKey() + "." + metric))
                .toList();
    }

    @Override
    public boolean isHigherBetter(String metric) {
        int point = metric.indexOf('.');
        return problems.get(metric.substring(0, point)).isHigherBetter(metric.substring(point + 1));
    }

    @Override
    public List<String> outputs() {
        return problems.values().stream().flatMap(p -> p.outputs().stream()).toList();
    }

    @Override
    public TargetEncoder targets() {
        return new JointTargets(problems.values().stream().map(Problem::targets).toList());
    }

    @Override
    public Node loss(Assembly assembly) {
        List<Node> losses = new ArrayList<>();
        problems.forEach((key, problem) -> {
            Node loss = problem.loss(assembly);
            assembly.builder().output(Assembly.name(key, "loss"), loss);
            losses.add(loss);
        });
        return assembly.builder()
                .weightedSum(
                        losses, problems.keySet().stream().map(weights::get).toList());
    }

    @Override
    public Map<String, Tensor> inputs(Batch batch) {
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        problems.values().forEach(problem -> inputs.putAll(problem.inputs(batch)));
        return inputs;
    }

    @Override
    public Map<String, Tensor> feed(Batch batch) {
        Map<String, Tensor> fed = new LinkedHashMap<>();
        problems.values().forEach(problem -> fed.putAll(problem.feed(batch)));
        return fed;
    }

    @Override
    public Scores scores(Dataset data) {
        Map<String, Scores> scores = new LinkedHashMap<>();
        problems.forEach((key, problem) -> scores.put(key, problem.scores(data)));
        return new JointScores(scores, this::inputs);
    }

    @Override
    public List<Prediction> predict(Batch batch, Forward network, int top) {
        Forward shared = new SharedForward(network, inputs(batch));
        Map<String, List<Prediction>> answers = new LinkedHashMap<>();
        problems.forEach((key, problem) -> answers.put(key, problem.predict(batch, shared, top)));
        return IntStream.range(0, batch.valid())
                .<Prediction>mapToObj(row -> {
                    Map<String, Prediction> parts = new LinkedHashMap<>();
                    answers.forEach((key, list) -> parts.put(key, list.get(row)));
                    return new JointPrediction(parts);
                })
                .toList();
    }
}
