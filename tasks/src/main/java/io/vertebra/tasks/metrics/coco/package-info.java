/**
 * Average precision and recall of boxes and masks, equal to pycocotools.
 *
 * <p>Start at {@link io.vertebra.tasks.metrics.coco.CocoEvaluation}, which works on plain values: a {@link io.vertebra.tasks.metrics.coco.CocoTruth} and
 * {@link io.vertebra.tasks.metrics.coco.CocoResults}, made in memory or read from COCO's JSON. Networks and engines stay out.
 */
package io.vertebra.tasks.metrics.coco;
