/**
 * The folder of a run on disk: lock, checkpoints that survive a crash, deployable weights, metric logs.
 *
 * <p>Start with {@link io.vertebra.tasks.runs.RunFolder} and {@link io.vertebra.tasks.runs.Checkpoints}. Every file is written
 * aside and renamed. What is trained, and when to save, is decided in {@code tasks.training}, not here.
 */
package io.vertebra.tasks.runs;
