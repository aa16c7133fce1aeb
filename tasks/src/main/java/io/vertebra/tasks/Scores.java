package io.vertebra.tasks;

import io.vertebra.datasets.Batch;
import io.vertebra.datasets.Dataset;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.tasks.report.Part;
import java.util.List;
import java.util.Map;

/** The account of one evaluation, filled batch by batch. For one thread. */
public interface Scores {

    /** Counts the valid rows of a batch, and no padding. */
    void add(Outputs outputs, Batch batch);

    /** How many samples were counted. */
    long samples();

    /** The figures by name, as {@link Task#metrics} lists them. */
    Map<String, Double> values();

    /** One row a sample, in the order in which they were counted: what {@code predictions.json} holds. */
    List<Map<String, Object>> predictions(Dataset data);

    /** Tables and pictures for the report; pictures are read from the data set that was measured. */
    List<Part> parts(Dataset data);
}
