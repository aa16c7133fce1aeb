/**
 * From a program to calls of primitives and hand kernels, forward and backward, and from calls to a plan that runs.
 *
 * <p>Start with {@link io.vertebra.onednn.emit.Lowering}, then {@link io.vertebra.onednn.emit.Emitter}, which points to a
 * file for each family of operators. Weights come in through {@link io.vertebra.onednn.emit.Weights}; sessions, threads
 * and caches stay out.
 */
package io.vertebra.onednn.emit;
