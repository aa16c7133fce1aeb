package io.vertebra.tasks.segmentation;

import io.vertebra.datasets.Batch;
import io.vertebra.datasets.Dataset;
import io.vertebra.datasets.DatasetException;
import io.vertebra.images.LabelMap;
import io.vertebra.tasks.Forward;
import io.vertebra.tasks.Labels;
import io.vertebra.tasks.Scores;
import io.vertebra.tasks.metrics.miou.IouMeter;
import io.vertebra.tasks.metrics.miou.IouResult;
import io.vertebra.tasks.pictures.Drawing;
import io.vertebra.tasks.report.ConfusionPicture;
import io.vertebra.tasks.report.Part;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;

/** Counts pixels over all pictures, and remembers the worst ones. */
final class SegmentationScores implements Scores {
    static final List<String> METRICS = List.of("mIoU", "mAcc", "aAcc", "mDice");
    private static final int WORST = 8;
    private static final int SIDE = 360;

    /** A picture, its own mean IoU and what was answered. */
    private record Row(int index, double iou, double accuracy, LabelMap answer) {}

    private final Labels labels;
    private final Dataset data;
    private final Answerer answerer;
    private final IouMeter meter;
    private final List<Row> rows = new ArrayList<>();

    SegmentationScores(Labels labels, Dataset data, Answerer answerer) {
        this.labels = labels;
        this.data = data;
        this.answerer = answerer;
        this.meter = meter();
    }

    /** Gives the label maps of the valid rows of a batch at the size of the photos. */
    interface Answerer {
        List<LabelMap> answer(Batch batch, Forward network);
    }

    private IouMeter meter() {
        return new IouMeter(labels.count(), OptionalInt.of(LabelMap.IGNORE), false);
    }

    /** The label map of a sample of the data set, at the size of its own. */
    void add(int index, LabelMap answer) {
        LabelMap truth = truth(index);
        meter.add(answer, truth);
        IouMeter own = meter();
        own.add(answer, truth);
        IouResult result = own.result();
        rows.add(new Row(index, result.mean("IoU"), result.allAccuracy(), answer));
        forgetAllButTheWorst();
    }

    /** Label maps are kept for those that the report may show only. */
    private void forgetAllButTheWorst() {
        List<Row> kept = rows.stream()
                .filter(r -> r.answer() != null)
                .sorted(worstFirst())
                .toList();
        if (kept.size() > WORST) {
            Row best = kept.get(kept.size() - 1);
            rows.replaceAll(r -> r.index() == best.index() ? new Row(r.index(), r.iou(), r.accuracy(), null) : r);
        }
    }

    private static Comparator<Row> worstFirst() {
        return Comparator.<Row>comparingDouble(r -> Double.isNaN(r.iou()) ? 2 : r.iou())
                .thenComparingInt(Row::index);
    }

    private LabelMap truth(int index) {
        return data.annotations(index)
                .labelMap()
                .orElseThrow(() -> new DatasetException(data.id(index), "has no label map"));
    }

    @Override
    public void measure(Batch batch, Forward network) {
        List<LabelMap> answers = answerer.answer(batch, network);
        for (int row = 0; row < batch.valid(); row++) {
            add(batch.indices()[row], answers.get(row));
        }
    }

    @Override
    public long samples() {
        return rows.size();
    }

    @Override
    public Map<String, Double> values() {
        Map<String, Double> summary = meter.result().summary();
        Map<String, Double> values = new LinkedHashMap<>();
        METRICS.forEach(name -> values.put(name, summary.get(name)));
        return values;
    }

    @Override
    public List<Map<String, Object>> predictions() {
        return rows.stream().map(this::prediction).toList();
    }

    private Map<String, Object> prediction(Row row) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("id", data.id(row.index()));
        values.put("mIoU", row.iou());
        values.put("aAcc", row.accuracy());
        return values;
    }

    @Override
    public List<Part> parts() {
        return List.of(
                ConfusionPicture.of(confusion(), labels.names()),
                IouTable.of(meter.result(), meter, labels.names()),
                new Part.Gallery("worst", "Lowest mIoU: answer beside truth", worst()));
    }

    private long[][] confusion() {
        long[][] counts = new long[labels.count()][labels.count()];
        for (int truth = 0; truth < counts.length; truth++) {
            for (int answer = 0; answer < counts.length; answer++) {
                counts[truth][answer] = meter.count(truth, answer);
            }
        }
        return counts;
    }

    private List<Part.Tile> worst() {
        return rows.stream()
                .filter(r -> r.answer() != null && !Double.isNaN(r.iou()))
                .sorted(worstFirst())
                .map(r -> new Part.Tile(
                        drawing(r),
                        String.format(Locale.ROOT, "%s  mIoU %.2f", shortened(data.id(r.index())), r.iou())))
                .toList();
    }

    private Drawing drawing(Row row) {
        SegmentationPrediction prediction = new SegmentationPrediction(row.answer(), labels);
        return Drawing.thumbnail(prediction.beside(data.load(row.index()).image(), truth(row.index())), SIDE);
    }

    private static String shortened(String id) {
        return id.substring(id.lastIndexOf('/') + 1);
    }
}
