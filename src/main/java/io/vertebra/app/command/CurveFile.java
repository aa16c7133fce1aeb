package io.vertebra.app.command;

import io.vertebra.tasks.metrics.coco.CocoSummary;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Precision over recall as CSV, a line for each class, threshold and level of recall; classes without objects have none. */
final class CurveFile {

    private CurveFile() {}

    static void write(Path file, CocoSummary summary) {
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            out.write("category_id,category,iou,recall,precision,score\n");
            List<CocoSummary.OfCategory> categories = summary.perCategory();
            for (int k = 0; k < categories.size(); k++) {
                for (int t = 0; categories.get(k).objects() > 0 && t < CocoSummary.thresholds(); t++) {
                    write(out, categories.get(k), t, summary.curve(t, k));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(BufferedWriter out, CocoSummary.OfCategory category, int t, CocoSummary.Curve curve)
            throws IOException {
        String name = category.category().name();
        String quoted = name.matches("[^\",\\r\\n]*") ? name : '"' + name.replace("\"", "\"\"") + '"';
        for (int r = 0; r < curve.precision().size(); r++) {
            out.write(category.category().id() + "," + quoted + "," + CocoSummary.threshold(t) + ","
                    + CocoSummary.level(r) + "," + curve.precision().get(r) + ","
                    + curve.scores().get(r) + "\n");
        }
    }
}
