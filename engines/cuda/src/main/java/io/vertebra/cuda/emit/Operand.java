package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Type;
import io.vertebra.graph.plan.Storage;

/**
 * A tensor of a plan; maps lie channels last.
 *
 * @param type of its elements
 * @param elements how many
 * @param storage in the arena, or {@code null}
 * @param place outside of it, or {@code null}
 */
public record Operand(Type type, long elements, Storage storage, Place place) {

    /** In the arena. */
    static Operand in(Storage storage, Type type, long elements) {
        return new Operand(type, elements, storage, null);
    }

    /** Outside the arena. */
    public static Operand at(Place place, Type type, long elements) {
        return new Operand(type, elements, null, place);
    }

    /** Its size. */
    public long bytes() {
        return elements * type.bytes();
    }

    /** Where it is, given where the arena begins. */
    long address(long arena) {
        return storage != null ? arena + storage.offset() : place.address();
    }
}
