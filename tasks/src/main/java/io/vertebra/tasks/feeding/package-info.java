/**
 * The way of batches from the loader into a session, the next one while a pass runs on the one before it.
 *
 * <p>Start with {@link io.vertebra.tasks.feeding.Feed}. What is asked of a session stands in {@code tasks.training} and
 * {@code tasks.evaluation}, not here.
 */
package io.vertebra.tasks.feeding;
