/**
 * Average precision of detections by the rule of the PASCAL VOC development kit, in the forms of 2007 and of 2010 on.
 *
 * <p>Start at {@link io.vertebra.tasks.metrics.voc.VocEvaluation}, which works on plain values; {@link io.vertebra.tasks.metrics.voc.VocFiles} reads
 * the development kit's folders for it. Networks stay out.
 */
package io.vertebra.tasks.metrics.voc;
