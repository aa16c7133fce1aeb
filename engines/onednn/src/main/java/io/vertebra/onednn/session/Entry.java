package io.vertebra.onednn.session;

import io.vertebra.graph.engine.Groups;
import io.vertebra.graph.op.ParameterSpec;
import io.vertebra.onednn.natives.Desc;

/** One parameter or buffer of a session: its order and its place in every arena. */
final class Entry {
    private final ParameterSpec spec;
    private final Groups.Group group;
    private final Desc plain;
    private Desc order;
    private long offset;

    /** {@code group} is {@code null} for what gradients do not train. */
    Entry(ParameterSpec spec, Groups.Group group, Desc plain) {
        this.spec = spec;
        this.group = group;
        this.plain = plain;
        this.order = plain;
    }

    String name() {
        return spec.name();
    }

    ParameterSpec spec() {
        return spec;
    }

    Groups.Group group() {
        return group;
    }

    boolean isTrained() {
        return group != null;
    }

    /** Row-major. */
    Desc plain() {
        return plain;
    }

    /** As it lies in the arenas. */
    Desc order() {
        return order;
    }

    long offset() {
        return offset;
    }

    void place(Desc newOrder, long newOffset) {
        order = newOrder;
        offset = newOffset;
    }
}
