/**
 * From a form to a plan: each operator becomes launches of kernels, convolutions and products, forward and backward. Start at
 * {@link io.vertebra.cuda.emit.Compiler}. Nothing here knows a card: it asks the {@code device}.
 */
package io.vertebra.cuda.emit;
