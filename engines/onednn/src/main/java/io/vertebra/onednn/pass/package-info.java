/**
 * The compiler's passes, each a class with one method from values to values and a test on hand-made graphs.
 *
 * <p>Start with {@link io.vertebra.onednn.pass.Passes}, which has their order. Passes know operators and shapes, never
 * model names, and make nothing native.
 */
package io.vertebra.onednn.pass;
