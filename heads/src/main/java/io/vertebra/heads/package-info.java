/**
 * Heads, and what joins them with backbones: a {@link io.vertebra.heads.Model} is a backbone, a neck where there
 * is one, and one or several heads, each with its class count.
 *
 * <p>Start with {@link io.vertebra.heads.Models}, which makes models by name. A head adds its layers to a graph and names
 * its outputs; losses with their targets, metrics and pictures belong to tasks.
 */
package io.vertebra.heads;
