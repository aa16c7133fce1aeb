/**
 * The definition of every operator, forward and gradient, as plain loops in float64; slow and simple on purpose.
 *
 * <p>Start with {@link io.vertebra.graph.reference.ReferenceInterpreter}; one small {@code Rule} a family says what an
 * operator computes. {@link io.vertebra.graph.reference.ReferenceTraining} adds whole steps of training. Engines are
 * tested against this package, it is tested against PyTorch and numeric differences; nothing here may depend on an
 * engine or be made fast at the price of being read.
 */
package io.vertebra.graph.reference;
