package io.vertebra.tasks;

import io.vertebra.datasets.Batch;
import io.vertebra.tasks.report.Part;
import java.util.List;
import java.util.Map;

/** The account of one evaluation of one data set, filled batch by batch. For one thread. */
public interface Scores {

    /** Has a batch answered, which may take several passes, and counts its valid rows, no padding. */
    void measure(Batch batch, Forward network);

    /** How many samples were counted. */
    long samples();

    /** The figures by name, as {@link Problem#metrics} lists them. */
    Map<String, Double> values();

    /** One row a sample or an object, in the order in which they were counted: what {@code predictions.json} holds. */
    List<Map<String, Object>> predictions();

    /** Tables and pictures for the report; pictures are read from the data set again. */
    List<Part> parts();
}
