package io.vertebra.tasks.detection;

import io.vertebra.datasets.Instance;
import io.vertebra.images.Box;
import io.vertebra.tasks.metrics.coco.CocoEvaluation;
import io.vertebra.tasks.metrics.coco.CocoKind;
import io.vertebra.tasks.metrics.coco.CocoResults;
import io.vertebra.tasks.metrics.coco.CocoSummary;
import io.vertebra.tasks.metrics.coco.CocoTruth;
import io.vertebra.tasks.report.Charts;
import io.vertebra.tasks.report.Part;
import io.vertebra.tasks.report.Percent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** As pycocotools counts. */
record CocoStandings(CocoSummary summary, List<String> names) implements Standings {

    /** @param ownLabels the class of found objects for each class of the truth */
    static CocoStandings of(List<DetectionScores.Picture> pictures, List<String> names, List<Integer> ownLabels) {
        CocoTruth.Builder truth = CocoTruth.builder();
        CocoResults results = new CocoResults();
        for (int k = 0; k < names.size(); k++) {
            truth.category(k + 1L, names.get(k));
        }
        for (DetectionScores.Picture picture : pictures) {
            long image = picture.index() + 1L;
            truth.image(new CocoTruth.Image(image, 0, 0));
            for (Instance t : picture.truths()) {
                Box b = t.box();
                double[] box = {b.x1(), b.y1(), b.x2() - b.x1(), b.y2() - b.y1()};
                truth.object(image, t.label() + 1L, box, t.area(), t.crowd(), Optional.empty());
            }
            for (Found f : picture.found()) {
                Box b = f.box();
                long category = ownLabels.indexOf(f.label()) + 1L;
                results.add(image, category, b.x1(), b.y1(), b.x2() - b.x1(), b.y2() - b.y1(), f.score());
            }
        }
        return new CocoStandings(CocoEvaluation.evaluate(truth.build(), results, CocoKind.BOX), names);
    }

    /** What cannot be said is NaN, not −1. */
    @Override
    public Map<String, Double> values() {
        Map<String, Double> values = new LinkedHashMap<>();
        DetectionScores.COCO_METRICS.forEach(name -> values.put(name, figure(summary.stats(), name)));
        return values;
    }

    private static double figure(Map<String, Double> stats, String name) {
        return stats.get(name) < 0 ? Double.NaN : stats.get(name);
    }

    @Override
    public Part.Table table() {
        List<List<String>> rows = new ArrayList<>();
        for (CocoSummary.OfCategory category : summary.perCategory()) {
            rows.add(List.of(
                    category.category().name(),
                    Integer.toString(category.objects()),
                    percent(category.stats(), "AP"),
                    percent(category.stats(), "AP50"),
                    percent(category.stats(), "AR_100")));
        }
        return new Part.Table("classes", "Classes", List.of("class", "objects", "AP", "AP50", "AR100"), rows);
    }

    private static String percent(Map<String, Double> stats, String name) {
        return Percent.of(figure(stats, name));
    }

    @Override
    public Optional<Part.Picture> curves() {
        List<Double> recall = new ArrayList<>();
        summary.curve(0, 0).precision().forEach(p -> recall.add(CocoSummary.level(recall.size())));
        Map<String, List<Double>> precision = new LinkedHashMap<>();
        for (int k = 0; k < names.size(); k++) {
            List<Double> curve = summary.curve(0, k).precision();
            if (curve.get(0) >= 0) {
                precision.put(names.get(k), curve);
            }
        }
        return Charts.precisionRecall(recall, precision);
    }
}
