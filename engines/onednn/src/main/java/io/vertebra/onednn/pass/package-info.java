/**
 * What the compiler decides for oneDNN: orders of values, blocks of the trunk, which convolutions run in another form.
 *
 * <p>Start with {@link io.vertebra.onednn.pass.Passes}, the list of passes over programs; those stand in {@code graph.pass}
 * and serve every compiled engine. Each class here goes from values to values, makes nothing native, and has a test on
 * hand-made graphs.
 */
package io.vertebra.onednn.pass;
