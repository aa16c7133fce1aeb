package io.vertebra.backbones.embed;

/** What the embedding of a picture is. */
public enum Pooling {
    /**
     * What the family's own classifier takes: MobileNet V2's last convolution or VGG's fc7 are part of it. A map that is
     * left there is averaged.
     */
    FEATURES,
    /** The mean of the last level of the pyramid; nothing behind it is needed or computed. */
    MEAN
}
