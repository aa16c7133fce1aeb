/**
 * Semantic segmentation: a class for every pixel.
 *
 * <p>Start with {@link io.vertebra.tasks.segmentation.SegmentationProblem}. Logits of the network are enlarged row by row
 * ({@link io.vertebra.tasks.segmentation.LogitRows}), so that all classes of a large photo are never held at once.
 */
package io.vertebra.tasks.segmentation;
