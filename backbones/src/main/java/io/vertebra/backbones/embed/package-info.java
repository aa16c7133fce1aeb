/**
 * Features of pictures for programs that have no use for the rest: photos in, embeddings and pyramid levels out.
 *
 * <p>Start at {@link io.vertebra.backbones.Backbones#load}; {@link io.vertebra.backbones.embed.FeatureExtractor} tells of
 * threads and batches, {@link io.vertebra.backbones.embed.EmbeddingIndex} finds what is alike. Heads, training and anything
 * that wants Guice or a config stay out; only {@link io.vertebra.backbones.embed.OpenCv} may know OpenCV.
 */
package io.vertebra.backbones.embed;
