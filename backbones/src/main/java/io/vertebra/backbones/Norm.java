package io.vertebra.backbones;

/** What batch norms do in training, or what replaces them. */
public enum Norm {
    /** As the weights need it: frozen where their norms are folded into the convolutions, else trained. */
    AUTO,
    /** They normalise by the batch and are trained. */
    BATCH,
    /** They keep their running statistics. */
    FROZEN,
    /** Group norms stand in their place. */
    GROUP
}
