package io.vertebra.graph.reference;

/** A rule by which each element of the first input has one place in the output. */
interface PlaceRule extends ShareRule {

    /** Where an element goes. */
    int place(int element);

    @Override
    default void each(Cell body) {
        for (int i = 0; i < site().x(0).length; i++) {
            body.at(place(i), i, 1);
        }
    }
}
