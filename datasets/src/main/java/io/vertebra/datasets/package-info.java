/**
 * Labelled pictures on their way to a network: what a data set and a sample are, and how names in a config find their readers.
 *
 * <p>Start at {@link io.vertebra.datasets.Dataset}; readers stand in {@code formats}, file decoding in {@code decode}, augmentation in
 * {@code transforms}, threads and batches in {@code loading}. Nothing here knows a model, an engine or a metric.
 */
package io.vertebra.datasets;
