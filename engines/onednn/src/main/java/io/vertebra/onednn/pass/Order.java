package io.vertebra.onednn.pass;

/** How a value's elements lie in memory. */
public enum Order {
    /** Row-major: vectors, labels, pictures as they come in, regions cut from maps. */
    PLAIN,
    /** Channels last: concatenations at odd channels, logits of maps. */
    NHWC,
    /** Channels in blocks, padded with zeros: the trunk, where convolutions and norms are fastest. */
    BLOCKED
}
