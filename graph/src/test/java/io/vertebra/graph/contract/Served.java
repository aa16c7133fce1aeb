package io.vertebra.graph.contract;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.Precision;

/** What this machine's instructions let an engine serve: bf16 on the processor needs AVX-512. */
public final class Served {
    private Served() {}

    /** Leaves a test out, and says why, where an engine does not serve a precision here. */
    public static void require(Engine engine, Precision precision) {
        assumeTrue(engine.precisions().contains(precision), () -> precision + " is not served by " + engine.version());
    }
}
