/**
 * Heads for semantic segmentation: each ends in {@code logits} (N, classes, h, w) below the picture's size.
 *
 * <p>Start with {@link io.vertebra.heads.segmentation.FcnHead}; {@link io.vertebra.heads.segmentation.DeepLabV3Head} has the pyramid of dilated convolutions
 * that {@link io.vertebra.heads.segmentation.DeepLabV3PlusHead} uses too. Losses, the enlargement to the picture's size
 * and metrics belong to tasks.
 */
package io.vertebra.heads.segmentation;
