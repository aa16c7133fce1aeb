/**
 * What sessions of compiled engines have in common: the checks of what a caller hands in, and what tells plans apart.
 *
 * <p>Start with {@link io.vertebra.graph.session.Batches}. It owns no memory outside the heap and knows no engine.
 */
package io.vertebra.graph.session;
