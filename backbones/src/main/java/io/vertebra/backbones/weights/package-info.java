/**
 * Weight files of other programs and our own: readers (safetensors, PyTorch, HDF5), the safetensors writer, naming schemes and the loader.
 *
 * <p>Start at {@link io.vertebra.backbones.weights.WeightFile#open} for files, at {@link io.vertebra.backbones.weights.Schemes} for names
 * (a scheme is a JSON file under {@code schemes/}, its format is told at {@link io.vertebra.backbones.weights.Scheme}), and at
 * {@link io.vertebra.backbones.weights.WeightLoader} for filling a model. Nothing here executes anything of a file, and nothing here knows a network:
 * architectures, addresses of files and graph building must not come here.
 */
package io.vertebra.backbones.weights;
