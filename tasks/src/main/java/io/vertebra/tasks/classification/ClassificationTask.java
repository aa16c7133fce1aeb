package io.vertebra.tasks.classification;

import io.vertebra.datasets.Batch;
import io.vertebra.graph.Graph;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import io.vertebra.heads.Model;
import io.vertebra.tasks.Prediction;
import io.vertebra.tasks.Scores;
import io.vertebra.tasks.Task;
import io.vertebra.tasks.training.LossConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * One class for each picture: softmax cross entropy, top-1 and top-5.
 *
 * <p>Reads {@code logits} (N, K). Targets are {@code labels} I32 (N), or {@code soft_labels} F32 (N, K) under Mixup and CutMix.
 */
public final class ClassificationTask implements Task {
    private static final String LOGITS = "logits";

    @Override
    public String name() {
        return "classification";
    }

    @Override
    public List<String> outputs() {
        return List.of(LOGITS);
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
    public Graph trainingGraph(Model model, LossConfig loss, boolean softLabels) {
        return model.training(new SoftmaxCrossEntropy(loss.labelSmoothing(), SoftmaxCrossEntropy.IGNORE), softLabels);
    }

    @Override
    public io.vertebra.graph.engine.Batch feed(Batch batch, Set<String> inputs) {
        int n = batch.size();
        Map<String, Tensor> fed = new LinkedHashMap<>();
        fed.put("input", Tensor.of(batch.input(), n, batch.channels(), batch.height(), batch.width()));
        if (inputs.contains("labels")) {
            fed.put("labels", Tensor.of(batch.labels(), n));
        }
        if (inputs.contains("soft_labels")) {
            float[] soft = batch.softLabels().orElseGet(() -> oneHot(batch));
            fed.put("soft_labels", Tensor.of(soft, n, batch.classes()));
        }
        return new io.vertebra.graph.engine.Batch(fed);
    }

    private static float[] oneHot(Batch batch) {
        float[] hot = new float[batch.size() * batch.classes()];
        for (int i = 0; i < batch.size(); i++) {
            hot[i * batch.classes() + batch.labels()[i]] = 1;
        }
        return hot;
    }

    @Override
    public Scores scores(List<String> classNames) {
        return new ClassificationScores(classNames);
    }

    @Override
    public Prediction predict(Outputs outputs, int row, List<String> classNames, int top) {
        Tensor.Floats logits = outputs.get(LOGITS);
        Logits z = new Logits(logits.data(), row, logits.shape().c());
        int[] best = z.top(top);
        double[] probabilities = z.probabilities(best);
        List<ClassPrediction.Candidate> candidates = IntStream.range(0, best.length)
                .mapToObj(i -> new ClassPrediction.Candidate(best[i], classNames.get(best[i]), probabilities[i]))
                .toList();
        return new ClassPrediction(candidates);
    }
}
