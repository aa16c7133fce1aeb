/**
 * How well label maps agree with the truth: mIoU and its relatives by the definitions of mmsegmentation.
 *
 * <p>Start at {@link io.vertebra.tasks.metrics.miou.IouMeter}. Everything works on plain values; engines, networks and files stay out.
 */
package io.vertebra.tasks.metrics.miou;
