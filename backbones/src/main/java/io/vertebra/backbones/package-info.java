/**
 * Convolutional backbones: one file a family, each an adapter from a row of its paper's table to nodes of a graph.
 *
 * <p>Start with {@link io.vertebra.backbones.ResNet}; {@link io.vertebra.backbones.Backbones} finds them by name, {@link
 * io.vertebra.backbones.zoo.Zoo} knows their published weights and figures. Weight files are read in {@code
 * backbones.weights}; heads, tasks and anything that runs a graph stay out.
 */
package io.vertebra.backbones;
