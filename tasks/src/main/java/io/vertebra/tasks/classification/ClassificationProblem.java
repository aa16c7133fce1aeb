package io.vertebra.tasks.classification;

import io.vertebra.datasets.Batch;
import io.vertebra.datasets.Dataset;
import io.vertebra.datasets.TargetEncoder;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import io.vertebra.heads.Assembly;
import io.vertebra.tasks.Forward;
import io.vertebra.tasks.Prediction;
import io.vertebra.tasks.Problem;
import io.vertebra.tasks.Scores;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Classification by one head: reads {@code logits} (N, K); targets are {@code labels} I32 (N), or {@code soft_labels} F32
 * (N, K) under Mixup and CutMix.
 *
 * @param key of the head
 * @param classNames in the order of the labels
 * @param labelSmoothing share of the wanted probability that is spread over all classes
 * @param softLabels whether targets are probabilities
 */
public record ClassificationProblem(String key, List<String> classNames, double labelSmoothing, boolean softLabels)
        implements Problem {
    /** Of the losses of a backbone's own auxiliary classifiers: GoogLeNet's paper, section 5. */
    private static final double AUXILIARY_WEIGHT = 0.3;

    /** Copies the list. */
    public ClassificationProblem {
        classNames = List.copyOf(classNames);
    }

    private String logits() {
        return Assembly.name(key, "logits");
    }

    private String target() {
        return Assembly.name(key, softLabels ? "soft_labels" : "labels");
    }

    @Override
    public List<String> metrics() {
        return ClassificationScores.METRICS;
    }

    @Override
    public boolean isHigherBetter(String metric) {
        return !metric.equals("loss");
    }

    @Override
    public List<String> outputs() {
        return List.of(logits());
    }

    /** The class of a picture is in every batch. */
    @Override
    public TargetEncoder targets() {
        return TargetEncoder.NONE;
    }

    @Override
    public Node loss(Assembly assembly) {
        GraphBuilder g = assembly.builder();
        Node logits = assembly.output(key, "logits");
        Node labels = softLabels
                ? g.input(target(), DataType.F32, Shape.of(Shape.ANY, logits.channels()))
                : g.input(target(), DataType.I32, Shape.of(Shape.ANY));
        var op = new SoftmaxCrossEntropy(labelSmoothing, SoftmaxCrossEntropy.IGNORE);
        List<Node> losses = new ArrayList<>(List.of(g.softmaxCrossEntropy(logits, labels, op)));
        List<Double> weights = new ArrayList<>(List.of(1.0));
        assembly.heads().get(key).forEach((name, side) -> {
            if (name.startsWith("auxiliary.")) {
                losses.add(g.softmaxCrossEntropy(side, labels, op));
                weights.add(AUXILIARY_WEIGHT);
            }
        });
        return losses.size() == 1 ? losses.get(0) : g.weightedSum(losses, weights);
    }

    @Override
    public Map<String, Tensor> feed(Batch batch) {
        Map<String, Tensor> fed = Problem.super.feed(batch);
        fed.put(
                target(),
                softLabels
                        ? Tensor.of(batch.softLabels().orElseThrow(), batch.size(), batch.classes())
                        : Tensor.of(batch.labels(), batch.size()));
        return fed;
    }

    @Override
    public Scores scores(Dataset data) {
        return new ClassificationScores(logits(), classNames, data);
    }

    @Override
    public List<Prediction> predict(Batch batch, Forward network, int top) {
        Outputs outputs = network.run(Problem.given(batch));
        return IntStream.range(0, batch.valid())
                .mapToObj(row -> predict(outputs, row, top))
                .toList();
    }

    private Prediction predict(Outputs outputs, int row, int top) {
        Tensor.Floats logits = outputs.get(logits());
        Logits z = new Logits(logits.data(), row, logits.shape().c());
        int[] best = z.top(top);
        double[] probabilities = z.probabilities(best);
        return new ClassPrediction(IntStream.range(0, best.length)
                .mapToObj(i -> new ClassPrediction.Candidate(best[i], classNames.get(best[i]), probabilities[i]))
                .toList());
    }
}
