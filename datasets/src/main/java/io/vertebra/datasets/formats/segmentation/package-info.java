/**
 * Pictures with a class for each pixel: which files belong together, and what the numbers in label files mean.
 *
 * <p>Start at {@link io.vertebra.datasets.formats.segmentation.SegmentationPairs} for the files and
 * {@link io.vertebra.datasets.formats.segmentation.LabelCoding} for the numbers, the only place that reduces zero or knows another value for
 * "ignored" than 255. Decoding of files must not come here.
 */
package io.vertebra.datasets.formats.segmentation;
