/**
 * Object detection: boxes with classes and scores, from dense detectors.
 *
 * <p>Start with {@link io.vertebra.tasks.detection.DetectionProblem}. Anchors, coding and suppression are the head's and {@code
 * graph.region}'s; here they meet truth, metrics and pictures.
 */
package io.vertebra.tasks.detection;
