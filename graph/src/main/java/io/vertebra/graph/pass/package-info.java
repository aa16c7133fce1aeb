/**
 * Passes of compiled engines, each a class with one method from values to values and a test on hand-made graphs.
 *
 * <p>Start with {@link io.vertebra.graph.pass.FoldNorms}. An engine has its own list of those that it wants, in its order,
 * and says what it can do where a pass asks. Passes know operators and shapes, never model names, engines or layouts.
 */
package io.vertebra.graph.pass;
