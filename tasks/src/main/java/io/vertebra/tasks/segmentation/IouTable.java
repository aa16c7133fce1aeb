package io.vertebra.tasks.segmentation;

import io.vertebra.tasks.metrics.miou.IouMeter;
import io.vertebra.tasks.metrics.miou.IouResult;
import io.vertebra.tasks.report.Part;
import io.vertebra.tasks.report.Percent;
import java.util.ArrayList;
import java.util.List;

/** IoU, precision and recall of each class as a table. */
final class IouTable {
    private IouTable() {}

    static Part.Table of(IouResult result, IouMeter meter, List<String> names) {
        List<List<String>> rows = new ArrayList<>();
        for (int k = 0; k < names.size(); k++) {
            rows.add(List.of(
                    names.get(k),
                    Long.toString(meter.labelled(k)),
                    percent(result, "IoU", k),
                    percent(result, "Precision", k),
                    percent(result, "Recall", k)));
        }
        return new Part.Table("classes", "Classes", List.of("class", "pixels", "IoU", "precision", "recall"), rows);
    }

    private static String percent(IouResult result, String figure, int label) {
        return Percent.of(result.perClass().get(figure).get(label));
    }
}
