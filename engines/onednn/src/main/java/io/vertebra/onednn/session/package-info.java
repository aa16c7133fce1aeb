/**
 * Open graphs: weights and optimizer state in native arenas, compiled plans by input shape, and the calls of the session.
 *
 * <p>Start with {@link io.vertebra.onednn.session.OneDnnSession}, then {@link io.vertebra.onednn.session.ParameterStore}.
 * How operators are computed stands in {@code emit}.
 */
package io.vertebra.onednn.session;
