/**
 * Predictions for picture files: results as values, CSV and JSON, and annotated copies of the pictures.
 *
 * <p>Start with {@link io.vertebra.tasks.prediction.Predictor}. How an answer is read from the network's outputs and drawn is the
 * task's own, see {@link io.vertebra.tasks.Prediction}.
 */
package io.vertebra.tasks.prediction;
