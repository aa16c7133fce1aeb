package io.vertebra.tasks.prediction;

import io.vertebra.datasets.Annotations;
import io.vertebra.images.Raster;
import io.vertebra.tasks.Prediction;
import java.nio.file.Path;

/**
 * The answer for a picture.
 *
 * @param file as it was named
 * @param photo as it was decoded, before any transform
 * @param truth what is known of it, {@link Annotations#NONE} if nothing is
 * @param prediction the answer
 */
public record Result(Path file, Raster photo, Annotations truth, Prediction prediction) {}
