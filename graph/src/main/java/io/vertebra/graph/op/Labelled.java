package io.vertebra.graph.op;

/** A loss that is told the class of each position as integers. */
public sealed interface Labelled permits SoftmaxCrossEntropy, SoftmaxDice, HardNegativeCrossEntropy, SigmoidFocal {

    /** The label of positions that do not count. */
    int ignore();

    /** How many classes logits of so many columns tell apart. */
    default int classes(int columns) {
        return columns;
    }
}
