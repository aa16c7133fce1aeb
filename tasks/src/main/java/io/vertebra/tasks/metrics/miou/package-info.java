/**
 * How well label maps agree with the truth: mIoU and its relatives by the definitions of mmsegmentation.
 *
 * <p>Start at {@link io.vertebra.tasks.metrics.miou.IouMeter}. It works on plain values;
 * {@link io.vertebra.tasks.metrics.miou.LabelFolders} fills it from files. Engines and networks stay out.
 */
package io.vertebra.tasks.metrics.miou;
