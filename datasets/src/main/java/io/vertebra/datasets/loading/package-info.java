/**
 * Threads that read, transform and batch samples ahead of the trainer.
 *
 * <p>Start at {@link io.vertebra.datasets.loading.Loader}. The order and content of batches follow from seed, epoch and position alone,
 * never from timing; anything that draws random numbers by itself must not come here.
 */
package io.vertebra.datasets.loading;
