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
 * @param skipped bytes from there to the tensor's first element
 */
public record Operand(Type type, long elements, Storage storage, Place place, long skipped) {

    /** In the arena. */
    static Operand in(Storage storage, Type type, long elements) {
        return new Operand(type, elements, storage, null, 0);
    }

    /** Outside the arena. */
    public static Operand at(Place place, Type type, long elements) {
        return new Operand(type, elements, null, place, 0);
    }

    /** From an element on. */
    Operand from(long element) {
        return new Operand(type, elements - element, storage, place, skipped + element * type.bytes());
    }

    /** Its size. */
    public long bytes() {
        return elements * type.bytes();
    }

    /** Where it is, given where the arena begins. */
    long address(long arena) {
        return skipped + (storage != null ? arena + storage.offset() : place.address());
    }
}
