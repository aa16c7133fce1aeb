package io.vertebra.onednn.emit;

import io.vertebra.graph.plan.Storage;
import io.vertebra.onednn.natives.Desc;

/**
 * A tensor of a plan: a descriptor, and memory in the arena or elsewhere.
 *
 * @param desc extents, type and order
 * @param storage in the arena, or {@code null}
 * @param place outside of it, or {@code null}
 */
public record Operand(Desc desc, Storage storage, Place place) {

    /** In the arena. */
    static Operand in(Storage storage, Desc desc) {
        return new Operand(desc, storage, null);
    }

    /** Outside the arena. */
    public static Operand at(Place place, Desc desc) {
        return new Operand(desc, null, place);
    }

    /** The same memory seen in another way. */
    Operand as(Desc other) {
        return new Operand(other, storage, place);
    }
}
