/**
 * What is done with a model: training, evaluation, prediction, and the files and pages that these leave behind.
 *
 * <p>Start with {@link io.vertebra.tasks.Task}, which joins loss, metrics and pictures of one kind of problem, and with
 * {@link io.vertebra.tasks.training.Trainer}, which knows no task by name. No engine, command or config file is known here:
 * values come in through records, figures go out through listeners and files.
 */
package io.vertebra.tasks;
