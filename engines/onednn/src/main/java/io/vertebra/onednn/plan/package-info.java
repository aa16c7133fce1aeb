/**
 * Values of the compiler: what is to be computed, in which form, order and type, before any native object exists.
 *
 * <p>Start with {@link io.vertebra.onednn.plan.Program}. The passes of {@code pass} turn one program into another;
 * {@code emit} lowers the last one. No native code and no memory here.
 */
package io.vertebra.onednn.plan;
