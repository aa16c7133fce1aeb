/**
 * Measuring a model on a data set: every sample once, padding ignored.
 *
 * <p>Start with {@link io.vertebra.tasks.evaluation.Evaluator}. What a figure means is said by the task's
 * {@link io.vertebra.tasks.Scores}, not here.
 */
package io.vertebra.tasks.evaluation;
