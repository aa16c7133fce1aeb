/**
 * What happens to a sample between the file and the batch: resizing, cropping, flipping, and mixing of whole batches.
 *
 * <p>Start at {@link io.vertebra.datasets.transforms.Pipeline}. A transform is one file and one line in {@code DatasetsModule}; it draws
 * all randomness from the generator it is given and keeps no state. Normalisation is the loader's, as every network needs it.
 */
package io.vertebra.datasets.transforms;
