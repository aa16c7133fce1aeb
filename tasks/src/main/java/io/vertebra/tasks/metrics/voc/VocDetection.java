package io.vertebra.tasks.metrics.voc;

/**
 * An object that was found.
 *
 * @param image name of the picture
 * @param score higher is surer
 */
public record VocDetection(String image, double score, VocBox box) {}
