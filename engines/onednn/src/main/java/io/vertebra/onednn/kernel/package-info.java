/**
 * Hand kernels on native memory, for what oneDNN does not have: scalar forms here, Vector API forms in {@code src/vector}.
 *
 * <p>Start with {@link io.vertebra.onednn.kernel.Kernel} and {@link io.vertebra.onednn.kernel.RowMath}, the arithmetic that
 * most of them share; {@code Team} has their threads. A kernel sees byte buffers and numbers, never a graph; nothing here but the regions, which are the
 * graph's own code, allocates while it runs.
 */
package io.vertebra.onednn.kernel;
