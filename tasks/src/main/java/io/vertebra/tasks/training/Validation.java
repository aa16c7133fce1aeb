package io.vertebra.tasks.training;

import io.vertebra.datasets.Dataset;
import io.vertebra.datasets.loading.Loader;

/**
 * The data that evaluations in training are made on.
 *
 * @param data from which the report takes names and pictures
 * @param loader for evaluation of the same data; it stays the caller's
 */
public record Validation(Dataset data, Loader loader) {}
