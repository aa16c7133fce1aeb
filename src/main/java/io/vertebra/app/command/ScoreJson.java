package io.vertebra.app.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertebra.tasks.metrics.coco.CocoResults;
import io.vertebra.tasks.metrics.coco.CocoSummary;
import io.vertebra.tasks.metrics.coco.CocoTruth;
import io.vertebra.tasks.metrics.miou.IouMeter;
import io.vertebra.tasks.metrics.miou.IouResult;
import io.vertebra.tasks.metrics.voc.VocSummary;

/** What {@code vertebra score --json} prints. */
final class ScoreJson {

    private ScoreJson() {}

    static ObjectNode of(IouMeter meter, IouResult result, int pictures) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        result.summary().forEach((name, value) -> put(object, name, value));
        object.put("pictures", pictures);
        ArrayNode rows = object.putArray("classes");
        for (int k = 0; k < meter.classes(); k++) {
            ObjectNode row = rows.addObject().put("class", k).put("pixels", meter.labelled(k));
            int label = k;
            result.perClass().forEach((name, values) -> put(row, name, values.get(label)));
        }
        return object;
    }

    static ObjectNode of(CocoSummary summary, CocoTruth truth, CocoResults results) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        ArrayNode stats = object.putArray("stats");
        summary.stats().values().forEach(stats::add);
        ArrayNode names = object.putArray("stats_names");
        summary.stats().keySet().forEach(names::add);
        object.put("images", truth.images().size());
        object.put("annotations", truth.annotations().size());
        object.put("results", results.size());
        ArrayNode rows = object.putArray("per_category");
        for (CocoSummary.OfCategory category : summary.perCategory()) {
            ObjectNode row = rows.addObject()
                    .put("id", category.category().id())
                    .put("name", category.category().name())
                    .put("objects", category.objects());
            category.stats().forEach(row::put);
        }
        return object;
    }

    static ObjectNode of(VocSummary summary) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        put(object, "mAP", summary.meanAveragePrecision());
        ObjectNode shares = object.putObject("AP");
        ObjectNode counts = object.putObject("classes");
        summary.classes().forEach((name, c) -> {
            put(shares, name, c.averagePrecision());
            counts.putObject(name)
                    .put("objects", c.positives())
                    .put("detections", c.detections())
                    .put("true_positives", c.truePositives())
                    .put("false_positives", c.falsePositives());
        });
        return object;
    }

    /** NaN is null: JSON has no word for it. */
    private static void put(ObjectNode object, String name, double value) {
        object.put(name, Double.isNaN(value) ? null : Double.valueOf(value));
    }
}
