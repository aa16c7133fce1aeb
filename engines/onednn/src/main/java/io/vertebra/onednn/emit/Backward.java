package io.vertebra.onednn.emit;

import java.util.List;

/** Lowers the backward pass of one unit. */
interface Backward {

    /** A unit that is never differentiated: inputs. */
    Backward NONE = gradient -> List.of();

    /**
     * Appends the calls and gives the gradients of the unit's inputs, in their order; {@code null} for those that need
     * none.
     */
    List<Operand> lower(Operand gradient);
}
