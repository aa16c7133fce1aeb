/**
 * The fast CPU engine: an engine provider for {@code ServiceLoader} and the engine behind it.
 *
 * <p>Start with {@link io.vertebra.onednn.OneDnnProvider}. The way of a graph: {@code plan} and {@code pass} (what to
 * compute), {@code emit} (with which primitives), {@code session} (with which weights, when); {@code natives} and {@code
 * kernel} are the floor. No JavaCPP type appears outside {@code natives}.
 */
package io.vertebra.onednn;
