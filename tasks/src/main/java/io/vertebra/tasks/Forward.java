package io.vertebra.tasks;

import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.Input;
import java.util.Map;

/** A network in inference form, as a problem sees it. */
@FunctionalInterface
public interface Forward {

    /** The problem's outputs for inputs by name; valid until the next call. */
    Outputs run(Map<String, Tensor> inputs);

    /** The same for pictures (N, C, H, W) alone, without padding. */
    default Outputs run(Tensor pictures) {
        return run(Map.of(Input.PICTURES, pictures));
    }
}
