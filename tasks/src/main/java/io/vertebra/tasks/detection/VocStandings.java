package io.vertebra.tasks.detection;

import io.vertebra.datasets.Instance;
import io.vertebra.images.Box;
import io.vertebra.tasks.config.EvaluateConfig.Protocol;
import io.vertebra.tasks.metrics.voc.VocBox;
import io.vertebra.tasks.metrics.voc.VocDetection;
import io.vertebra.tasks.metrics.voc.VocEvaluation;
import io.vertebra.tasks.metrics.voc.VocMetric;
import io.vertebra.tasks.metrics.voc.VocObject;
import io.vertebra.tasks.metrics.voc.VocSummary;
import io.vertebra.tasks.report.Charts;
import io.vertebra.tasks.report.Part;
import io.vertebra.tasks.report.Percent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** As the VOC development kit counts, at IoU 0.5. */
record VocStandings(VocSummary summary) implements Standings {
    private static final double OVERLAP = 0.5;

    static VocStandings of(
            List<DetectionScores.Picture> pictures, List<String> names, List<Integer> ownLabels, Protocol protocol) {
        Map<String, List<VocObject>> truth = new LinkedHashMap<>();
        Map<String, List<VocDetection>> results = new LinkedHashMap<>();
        names.forEach(name -> results.put(name, new ArrayList<>()));
        for (DetectionScores.Picture picture : pictures) {
            String image = Integer.toString(picture.index());
            List<VocObject> objects = new ArrayList<>();
            for (Instance t : picture.truths()) {
                objects.add(new VocObject(names.get(t.label()), box(t.box()), t.difficult() || t.crowd()));
            }
            truth.put(image, objects);
            for (Found f : picture.found()) {
                String name = names.get(ownLabels.indexOf(f.label()));
                results.get(name).add(new VocDetection(image, f.score(), box(f.box())));
            }
        }
        VocMetric metric = protocol == Protocol.VOC07 ? VocMetric.ELEVEN_POINTS : VocMetric.AREA;
        return new VocStandings(VocEvaluation.evaluate(truth, results, OVERLAP, metric));
    }

    private static VocBox box(Box b) {
        return VocBox.ofCorners(b.x1(), b.y1(), b.x2(), b.y2());
    }

    @Override
    public Map<String, Double> values() {
        return Map.of("mAP", summary.meanAveragePrecision());
    }

    @Override
    public Part.Table table() {
        List<List<String>> rows = new ArrayList<>();
        summary.classes()
                .forEach((name, c) -> rows.add(List.of(
                        name,
                        Integer.toString(c.positives()),
                        Percent.of(c.averagePrecision()),
                        Integer.toString(c.truePositives()),
                        Integer.toString(c.falsePositives()))));
        return new Part.Table("classes", "Classes", List.of("class", "objects", "AP", "found", "false"), rows);
    }

    /** Each class has its own levels of recall: a curve reaches as far as its class was found. */
    @Override
    public Optional<Part.Picture> curves() {
        List<Double> recall = new ArrayList<>();
        for (int r = 0; r <= 100; r++) {
            recall.add(r / 100.0);
        }
        Map<String, List<Double>> precision = new LinkedHashMap<>();
        summary.classes().entrySet().stream()
                .filter(e -> e.getValue().positives() > 0)
                .forEach(e -> precision.put(e.getKey(), best(e.getValue(), recall)));
        return Charts.precisionRecall(recall, precision);
    }

    /** The best precision at a recall of at least each level. */
    private static List<Double> best(VocSummary.OfClass of, List<Double> levels) {
        List<Double> best = new ArrayList<>();
        for (double level : levels) {
            double most = 0;
            for (int i = 0; i < of.recall().size(); i++) {
                boolean counts = of.recall().get(i) >= level && of.precision().get(i) > most;
                most = counts ? of.precision().get(i) : most;
            }
            best.add(most);
        }
        return best;
    }
}
