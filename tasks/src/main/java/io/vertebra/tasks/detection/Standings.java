package io.vertebra.tasks.detection;

import io.vertebra.tasks.report.Part;
import java.util.Map;
import java.util.Optional;

/** The figures of an evaluation by the rules of one protocol. */
interface Standings {

    /** The figures by name. */
    Map<String, Double> values();

    /** The figures of each class. */
    Part.Table table();

    /** Precision over recall at IoU 0.5; empty where this Java has no fonts. */
    Optional<Part.Picture> curves();
}
