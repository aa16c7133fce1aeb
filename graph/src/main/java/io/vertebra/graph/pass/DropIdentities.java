package io.vertebra.graph.pass;

import io.vertebra.graph.op.DropPath;
import io.vertebra.graph.op.Dropout;
import io.vertebra.graph.plan.Program;
import io.vertebra.graph.plan.Unit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Removes dropout and drop path in inference form, where they are the identity.
 *
 * <pre>
 * a → dropout → b      becomes      a → b
 * </pre>
 */
public final class DropIdentities {
    private DropIdentities() {}

    /** The program without identities. */
    public static Program apply(Program program) {
        if (program.form().isTraining()) {
            return program;
        }
        Map<Integer, Integer> same = new HashMap<>();
        List<Unit> units = new ArrayList<>();
        for (Unit unit : program.units()) {
            List<Integer> inputs =
                    unit.inputs().stream().map(v -> same.getOrDefault(v, v)).toList();
            if (unit.node().op() instanceof Dropout || unit.node().op() instanceof DropPath) {
                same.put(unit.output(), inputs.get(0));
            } else {
                units.add(unit.withInputs(inputs));
            }
        }
        Map<String, Integer> outputs = new LinkedHashMap<>();
        program.outputs().forEach((name, value) -> outputs.put(name, same.getOrDefault(value, value)));
        return new Program(program.form(), units, outputs);
    }
}
