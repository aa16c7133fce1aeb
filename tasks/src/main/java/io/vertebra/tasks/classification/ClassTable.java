package io.vertebra.tasks.classification;

import io.vertebra.tasks.report.Part;
import io.vertebra.tasks.report.Percent;
import java.util.ArrayList;
import java.util.List;

/** Precision, recall and F1 of each class as a table. */
final class ClassTable {
    private ClassTable() {}

    static Part.Table of(ConfusionMatrix confusion, List<String> classNames) {
        List<List<String>> rows = new ArrayList<>();
        for (int k = 0; k < confusion.classes(); k++) {
            rows.add(List.of(
                    classNames.get(k),
                    Long.toString(confusion.support(k)),
                    Percent.of(confusion.precision(k)),
                    Percent.of(confusion.recall(k)),
                    Percent.of(confusion.f1(k))));
        }
        return new Part.Table("classes", "Classes", List.of("class", "samples", "precision", "recall", "F1"), rows);
    }
}
