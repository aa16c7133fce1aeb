/**
 * Boxes and regions on plain arrays: overlap, suppression, coders, matching, sampling, anchors, RoI pooling, box losses.
 *
 * <p>Start with {@link io.vertebra.graph.region.Boxes}, whose Javadoc states the box convention of all classes here; a
 * dense detector then needs an anchor generator, {@link io.vertebra.graph.region.BoxCoder}, {@link
 * io.vertebra.graph.region.SsdMatcher} and {@link io.vertebra.graph.region.ClassNms}. No graph, no engine but for its
 * random numbers, and no data set may come here: engines and tasks call these classes, never the other way round.
 */
package io.vertebra.graph.region;
