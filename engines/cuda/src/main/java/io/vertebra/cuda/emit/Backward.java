package io.vertebra.cuda.emit;

import io.vertebra.graph.plan.GradientFlow;
import java.util.List;

/** Lowers the backward pass of one unit; see {@link GradientFlow.Backward}. */
interface Backward extends GradientFlow.Backward<Operand> {

    /** A unit that is never differentiated: inputs. */
    Backward NONE = gradient -> List.of();
}
