/**
 * Pictures and regions in plain Java: 8-bit rasters, label maps, boxes, masks, and the geometry and resampling that move them.
 *
 * <p>Start at {@link io.vertebra.images.Raster}; {@link io.vertebra.images.Resampling} holds the filter that published accuracies rest on.
 * {@link io.vertebra.images.Exif} says how a stored picture is turned upright. Files, decoders, random numbers and anything that knows a data set stay out: they live in {@code datasets}.
 */
package io.vertebra.images;
