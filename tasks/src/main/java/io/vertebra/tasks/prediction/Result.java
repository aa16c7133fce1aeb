package io.vertebra.tasks.prediction;

import io.vertebra.images.Raster;
import io.vertebra.tasks.Prediction;
import java.nio.file.Path;

/**
 * The answer for a file.
 *
 * @param file as it was named
 * @param photo as it was decoded, before any transform
 * @param prediction the answer
 */
public record Result(Path file, Raster photo, Prediction prediction) {}
