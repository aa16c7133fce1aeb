/**
 * Image classification: loss, top-k accuracy, confusion matrix, predictions and their pictures.
 *
 * <p>Start with {@link io.vertebra.tasks.classification.ClassificationTask}. Other kinds of problems get a package of their own
 * beside this one; what all of them share stands in {@code tasks}.
 */
package io.vertebra.tasks.classification;
