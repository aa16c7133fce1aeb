/**
 * The sections {@code train} and {@code evaluate} of a recipe as records with defaults and checks.
 *
 * <p>Start with {@link io.vertebra.tasks.config.TrainConfig}. Values only: what runs by them stands in {@code training} and in
 * the packages of the tasks.
 */
package io.vertebra.tasks.config;
