package io.vertebra.cuda.device;

/**
 * A file of kernels, compiled for one type of values.
 *
 * @param file its name without folder and ending: {@code norms} is {@code kernels/norms.cu}
 * @param type what {@code T} is in it
 */
public record KernelSource(String file, Type type) {}
