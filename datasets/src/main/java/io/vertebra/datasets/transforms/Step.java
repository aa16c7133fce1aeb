package io.vertebra.datasets.transforms;

/** One entry of a {@code transforms} list: it changes single samples or whole batches. */
public sealed interface Step permits Transform, BatchTransform {}
