/**
 * What a plan asks of a card: memory, kernels, convolutions, products, recorded sequences. Start at {@link
 * io.vertebra.cuda.device.Device}. Nothing here knows CUDA's libraries; the package {@code driver} is the only one that does,
 * so that all the rest is tested on a machine without a card.
 */
package io.vertebra.cuda.device;
