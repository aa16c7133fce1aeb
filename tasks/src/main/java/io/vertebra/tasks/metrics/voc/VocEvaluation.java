package io.vertebra.tasks.metrics.voc;

import io.vertebra.graph.op.Check;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * VOC's rule: detections of a class come by falling score, equal ones in the order given; each looks at the object of its picture that it overlaps
 * most, and no other. From the threshold on, the first to come finds it, later ones are false; whoever meets a difficult one does not count.
 *
 * @see <a href="http://host.robots.ox.ac.uk/pascal/VOC/voc2012/htmldoc/devkit_doc.html">the development kit</a>, VOCevaldet
 */
public final class VocEvaluation {

    private VocEvaluation() {}

    /**
     * Compares detections with the truth.
     *
     * @param truth the objects of each picture; a picture without objects has an empty list
     * @param results the detections of each class, on pictures of the truth only
     * @param iou the least overlap that counts as found, in (0, 1]
     */
    public static VocSummary evaluate(
            Map<String, List<VocObject>> truth, Map<String, List<VocDetection>> results, double iou, VocMetric metric) {
        Check.that(iou > 0 && iou <= 1, "iou", "must lie in (0, 1], is %s", iou);
        Map<String, Map<String, List<VocObject>>> byClass = byClass(truth);
        TreeSet<String> names = new TreeSet<>(byClass.keySet());
        names.addAll(results.keySet());
        Map<String, VocSummary.OfClass> classes = new TreeMap<>();
        for (String name : names) {
            List<VocDetection> detections = results.getOrDefault(name, List.of());
            for (VocDetection detection : detections) {
                Check.that(
                        truth.containsKey(detection.image()),
                        "results",
                        "name an unknown picture %s",
                        detection.image());
            }
            classes.put(name, ofClass(byClass.getOrDefault(name, Map.of()), detections, iou, metric));
        }
        return new VocSummary(classes);
    }

    private static Map<String, Map<String, List<VocObject>>> byClass(Map<String, List<VocObject>> truth) {
        Map<String, Map<String, List<VocObject>>> byClass = new TreeMap<>();
        truth.forEach((image, objects) -> {
            for (VocObject object : objects) {
                byClass.computeIfAbsent(object.className(), name -> new HashMap<>())
                        .computeIfAbsent(image, name -> new ArrayList<>())
                        .add(object);
            }
        });
        return byClass;
    }

    private static VocSummary.OfClass ofClass(
            Map<String, List<VocObject>> truth, List<VocDetection> detections, double iou, VocMetric metric) {
        int positives = (int) truth.values().stream()
                .flatMap(List::stream)
                .filter(o -> !o.difficult())
                .count();
        List<VocDetection> sorted = new ArrayList<>(detections);
        sorted.sort(Comparator.comparingDouble(d -> -(d.score() + 0.0))); // stable; -0 becomes 0
        Map<String, boolean[]> found = new HashMap<>();
        truth.forEach((image, objects) -> found.put(image, new boolean[objects.size()]));
        double[] recall = new double[sorted.size()];
        double[] precision = new double[sorted.size()];
        int hits = 0;
        int misses = 0;
        for (int i = 0; i < sorted.size(); i++) {
            VocDetection detection = sorted.get(i);
            List<VocObject> objects = truth.getOrDefault(detection.image(), List.of());
            int best = nearest(detection.box(), objects, iou);
            if (best < 0) {
                misses++;
            } else if (!objects.get(best).difficult()) {
                boolean[] taken = found.get(detection.image());
                hits += taken[best] ? 0 : 1;
                misses += taken[best] ? 1 : 0;
                taken[best] = true;
            }
            recall[i] = (double) hits / positives;
            precision[i] = (double) hits / (hits + misses);
        }
        double averagePrecision = positives == 0 ? Double.NaN : metric.averagePrecision(recall, precision);
        return new VocSummary.OfClass(
                positives, sorted.size(), hits, misses, averagePrecision, list(recall), list(precision));
    }

    private static List<Double> list(double[] values) {
        return Arrays.stream(values).boxed().toList();
    }

    /** The object with the largest overlap, the first of equals; −1 if that is below the threshold. */
    private static int nearest(VocBox box, List<VocObject> objects, double iou) {
        int best = -1;
        double most = 0;
        for (int j = 0; j < objects.size(); j++) {
            double overlap = box.iou(objects.get(j).box());
            if (overlap > most) {
                most = overlap;
                best = j;
            }
        }
        return most >= iou ? best : -1;
    }
}
