/**
 * Graphs as networks that DL4J's users know: stock layers with the weights inside, trained by DL4J's own updaters.
 *
 * <p>Start reading at {@link io.vertebra.dl4j.network.Dl4j}; {@code LayerWriter} has one line an operator. The public layers
 * are what DL4J has no layer for; they are kept in archives by their names. The engine's own network is one package up.
 */
package io.vertebra.dl4j.network;
