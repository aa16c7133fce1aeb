/**
 * Training: the records of the config sections {@code train} and {@code evaluate}, and the loop that turns them into weights.
 *
 * <p>Start with {@link io.vertebra.tasks.training.Trainer}; {@link io.vertebra.tasks.training.Training} holds all that it is
 * given. A session is only told numbers. Files of a run are written in {@code tasks.runs}; nothing here names a task.
 */
package io.vertebra.tasks.training;
