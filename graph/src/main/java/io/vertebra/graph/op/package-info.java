/**
 * The operators: one record each, with all that is true of it whatever the engine.
 *
 * <p>Start with {@link io.vertebra.graph.op.Op}; {@link io.vertebra.graph.op.Convolution} is a typical one. Attributes,
 * validation, shape inference, parameters and MACs stand here; how an operator is computed stands in the engines and,
 * as its definition in float64, in the reference interpreter of the test fixtures.
 */
package io.vertebra.graph.op;
