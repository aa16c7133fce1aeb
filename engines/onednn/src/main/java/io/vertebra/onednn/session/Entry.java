package io.vertebra.onednn.session;

import io.vertebra.graph.session.ParameterLayout;
import io.vertebra.onednn.natives.Desc;

/** One parameter or buffer of a session: its order and its place in every arena. */
final class Entry {
    private final Desc plain;
    private Desc order;
    private ParameterLayout.Entry place;

    /** Row-major. */
    Entry(Desc plain) {
        this.plain = plain;
        this.order = plain;
    }

    String name() {
        return place.name();
    }

    /** Elements, without padding. */
    long elements() {
        return place.spec().shape().elements();
    }

    boolean isTrained() {
        return place.isTrained();
    }

    /** Row-major. */
    Desc plain() {
        return plain;
    }

    /** As it lies in the arenas. */
    Desc order() {
        return order;
    }

    void reorder(Desc newOrder) {
        order = newOrder;
    }

    long offset() {
        return place.offset();
    }

    void place(ParameterLayout.Entry newPlace) {
        place = newPlace;
    }
}
