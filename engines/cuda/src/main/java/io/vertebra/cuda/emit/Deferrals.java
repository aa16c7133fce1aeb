package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Type;
import io.vertebra.graph.plan.Storage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Gradients that are computed before the first call that reads them, and not at all if none does, because those who want them
 * take their parts.
 */
final class Deferrals {
    private final List<Storage> storages;
    private final Map<Storage, Deferred> deferred = new HashMap<>();

    /** One of them. {@code parts}, or {@code adding}, which takes the result and an addend, are {@code null}. */
    private record Deferred(Parts parts, Consumer<Operand> computing, BiConsumer<Operand, Operand> adding) {}

    /**
     * None yet.
     *
     * @param storages of the arena, to which that of a gradient comes once it is computed
     */
    Deferrals(List<Storage> storages) {
        this.storages = storages;
    }

    /** A gradient of which there are parts. */
    Operand defer(Type type, long elements, Parts parts, Consumer<Operand> computing) {
        return defer(type, elements, new Deferred(parts, computing, null));
    }

    /** One that something can be added to while it is computed; {@code computing} takes an addend or {@code null}. */
    Operand deferAdding(Type type, long elements, BiConsumer<Operand, Operand> computing) {
        return defer(type, elements, new Deferred(null, result -> computing.accept(result, null), computing));
    }

    private Operand defer(Type type, long elements, Deferred made) {
        Operand gradient = Operand.in(new Storage(elements * type.bytes()), type, elements);
        deferred.put(gradient.storage(), made);
        return gradient;
    }

    /** What computes a gradient that is not there yet, and adds something to it; {@code null} where that is not possible. */
    BiConsumer<Operand, Operand> adding(Operand gradient) {
        Deferred made = deferred.get(gradient.storage());
        return made == null ? null : made.adding();
    }

    /** The parts of a gradient that is not there yet; the whole of one that is. */
    Parts parts(Operand gradient) {
        Deferred made = deferred.get(gradient.storage());
        return made == null || made.parts() == null ? Parts.whole(gradient) : made.parts();
    }

    /** Computes a gradient that a call is about to read; nothing where the tensor is there. */
    void compute(Operand operand) {
        Deferred made = deferred.remove(operand.storage());
        if (made != null) {
            storages.add(operand.storage());
            made.computing().accept(operand);
        }
    }
}
