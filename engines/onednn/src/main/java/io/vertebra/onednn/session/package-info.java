/**
 * Open graphs: weights and optimizer state in native arenas, copies of weights as plans want them, and the update. What
 * all compiled engines share stands in {@code graph.session}.
 *
 * <p>Start with {@link io.vertebra.onednn.session.OneDnnBackend}, then {@link io.vertebra.onednn.session.ParameterStore}.
 * How operators are computed stands in {@code emit}.
 */
package io.vertebra.onednn.session;
