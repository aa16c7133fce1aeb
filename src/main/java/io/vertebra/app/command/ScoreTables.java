package io.vertebra.app.command;

import io.vertebra.tasks.metrics.coco.CocoSummary;
import io.vertebra.tasks.metrics.miou.IouMeter;
import io.vertebra.tasks.metrics.miou.IouResult;
import io.vertebra.tasks.metrics.voc.VocSummary;
import java.util.ArrayList;
import java.util.List;

/** What {@code vertebra score} prints for people: a line for each class, then the figures of all. */
final class ScoreTables {

    private ScoreTables() {}

    static List<String> of(IouMeter meter, IouResult result) {
        Columns table = new Columns();
        List<String> head = new ArrayList<>(List.of("class", "pixels"));
        head.addAll(result.perClass().keySet());
        table.row(head);
        for (int k = 0; k < meter.classes(); k++) {
            int label = k;
            List<String> row = new ArrayList<>(List.of(String.valueOf(k), String.valueOf(meter.labelled(k))));
            result.perClass().values().forEach(values -> row.add(Columns.share(values.get(label))));
            table.row(row);
        }
        List<String> lines = table.lines();
        lines.add("");
        result.summary().forEach((name, value) -> lines.add("%-10s %s".formatted(name, Columns.share(value))));
        return lines;
    }

    static List<String> of(CocoSummary summary) {
        Columns table = new Columns();
        List<String> shown = List.of("AP", "AP50", "AP75", "AP_small", "AP_medium", "AP_large", "AR_100");
        List<String> head = new ArrayList<>(List.of("class", "objects"));
        head.addAll(shown);
        table.row(head);
        for (CocoSummary.OfCategory category : summary.perCategory()) {
            List<String> row = new ArrayList<>(List.of(category.category().name(), String.valueOf(category.objects())));
            shown.forEach(name -> row.add(Columns.share(category.stats().get(name))));
            table.row(row);
        }
        List<String> lines = table.lines();
        lines.add("");
        summary.stats().forEach((name, value) -> lines.add("%-10s %s".formatted(name, Columns.share(value))));
        return lines;
    }

    static List<String> of(VocSummary summary) {
        Columns table = new Columns();
        table.row(List.of("class", "objects", "detections", "hits", "misses", "AP"));
        summary.classes()
                .forEach((name, c) -> table.row(List.of(
                        name,
                        String.valueOf(c.positives()),
                        String.valueOf(c.detections()),
                        String.valueOf(c.truePositives()),
                        String.valueOf(c.falsePositives()),
                        Columns.share(c.averagePrecision()))));
        List<String> lines = table.lines();
        lines.add("");
        lines.add("mAP        " + Columns.share(summary.meanAveragePrecision()));
        return lines;
    }
}
