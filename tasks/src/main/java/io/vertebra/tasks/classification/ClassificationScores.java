package io.vertebra.tasks.classification;

import io.vertebra.datasets.Batch;
import io.vertebra.datasets.Dataset;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.Check;
import io.vertebra.tasks.Forward;
import io.vertebra.tasks.Problem;
import io.vertebra.tasks.Scores;
import io.vertebra.tasks.report.ConfusionPicture;
import io.vertebra.tasks.report.Part;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Counts hits among the first and the first five, the cross entropy and the confusions. */
final class ClassificationScores implements Scores {
    static final List<String> METRICS = List.of("top1", "top5", "loss", "f1");
    private static final int TOP = 5;
    private static final int WORST = 12;

    /**
     * What is remembered of a sample.
     *
     * @param index in the data set
     * @param best the likeliest classes, the best first
     * @param probabilities of them
     */
    private record Row(int index, int label, List<Integer> best, List<Double> probabilities, double loss) {}

    private final String logits;
    private final List<String> classNames;
    private final Dataset data;
    private final ConfusionMatrix confusion;
    private final List<Row> rows = new ArrayList<>();
    private long hits;
    private long hitsOfFive;
    private double loss;

    /** @param logits the name of the output */
    ClassificationScores(String logits, List<String> classNames, Dataset data) {
        this.logits = logits;
        this.classNames = List.copyOf(classNames);
        this.data = data;
        this.confusion = new ConfusionMatrix(classNames.size());
    }

    @Override
    public void measure(Batch batch, Forward network) {
        add(network.run(Problem.given(batch)), batch);
    }

    void add(Outputs outputs, Batch batch) {
        Tensor.Floats given = outputs.get(logits);
        Check.that(
                given.shape().c() == classNames.size(),
                logits,
                "have %d classes, the data has %d",
                given.shape().c(),
                classNames.size());
        for (int i = 0; i < batch.valid(); i++) {
            Logits z = new Logits(given.data(), i, given.shape().c());
            int label = batch.labels()[i];
            int rank = z.rank(label);
            int[] best = z.top(TOP);
            double[] probabilities = z.probabilities(best);
            double cost = z.crossEntropy(label);
            hits += rank == 0 ? 1 : 0;
            hitsOfFive += rank < TOP ? 1 : 0;
            loss += cost;
            confusion.add(label, best[0]);
            rows.add(new Row(
                    batch.indices()[i],
                    label,
                    Arrays.stream(best).boxed().toList(),
                    Arrays.stream(probabilities).boxed().toList(),
                    cost));
        }
    }

    @Override
    public long samples() {
        return rows.size();
    }

    @Override
    public Map<String, Double> values() {
        double n = rows.size();
        Map<String, Double> values = new LinkedHashMap<>();
        values.put("top1", hits / n);
        values.put("top5", hitsOfFive / n);
        values.put("loss", loss / n);
        values.put("f1", confusion.meanF1());
        return values;
    }

    @Override
    public List<Map<String, Object>> predictions() {
        return rows.stream().map(this::prediction).toList();
    }

    private Map<String, Object> prediction(Row row) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("id", data.id(row.index()));
        values.put("label", row.label());
        values.put("label_name", classNames.get(row.label()));
        values.put("predicted", row.best().get(0));
        values.put("predicted_name", classNames.get(row.best().get(0)));
        values.put("top", row.best());
        values.put("scores", row.probabilities());
        return values;
    }

    @Override
    public List<Part> parts() {
        return List.of(
                ConfusionPicture.of(confusion.counts(), classNames),
                ClassTable.of(confusion, classNames),
                WorstPictures.of(worst(), data));
    }

    private List<WorstPictures.Case> worst() {
        return rows.stream()
                .sorted(Comparator.comparingDouble(Row::loss).reversed().thenComparingInt(Row::index))
                .limit(WORST)
                .map(r -> new WorstPictures.Case(
                        r.index(),
                        classNames.get(r.label()),
                        classNames.get(r.best().get(0)),
                        r.probabilities().get(0)))
                .toList();
    }
}
