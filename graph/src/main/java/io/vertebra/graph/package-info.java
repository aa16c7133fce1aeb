/**
 * The description of a model: an immutable {@link io.vertebra.graph.Graph} of operators and its named parameters.
 *
 * <p>Start with {@link io.vertebra.graph.GraphBuilder}. Operators live in {@code graph.op}, below; the interface that
 * runs graphs lives in {@code graph.engine}, above. Nothing here owns memory outside the heap or runs anything.
 */
package io.vertebra.graph;
