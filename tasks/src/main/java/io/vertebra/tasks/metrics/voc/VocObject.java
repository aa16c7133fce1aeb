package io.vertebra.tasks.metrics.voc;

/**
 * An object that is there.
 *
 * @param className its class
 * @param difficult whether finding it is neither wanted nor wrong
 */
public record VocObject(String className, VocBox box, boolean difficult) {}
