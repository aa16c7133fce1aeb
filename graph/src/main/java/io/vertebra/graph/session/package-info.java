/**
 * What sessions of compiled engines have in common: checks at the door, plans by shape, and the ways of weights in and out.
 *
 * <p>Start with {@link io.vertebra.graph.session.PlannedSession}; an engine gives it a
 * {@link io.vertebra.graph.session.Backend}. Nothing here allocates outside the heap or knows an engine.
 */
package io.vertebra.graph.session;
