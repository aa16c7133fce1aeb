package io.vertebra.graph.engine;

import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.ParameterSpec;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** All that training changes and a checkpoint keeps: parameters, their moving average, the optimizer's arrays. */
public final class TrainingState {
    private final Parameters parameters;
    private final Parameters ema;
    private final Map<String, float[]> slots;

    private TrainingState(Parameters parameters, Parameters ema, Map<String, float[]> slots) {
        this.parameters = parameters;
        this.ema = ema;
        this.slots = slots;
    }

    /** The state before the first step: slots of zeros, and the parameters themselves as moving average. */
    public static TrainingState fresh(Graph graph, Parameters parameters, Update update, Groups groups) {
        Map<String, float[]> slots = new LinkedHashMap<>();
        for (String slot : update.optimizer().slots()) {
            for (ParameterSpec spec : graph.parameters()) {
                if (groups.isTrained(spec)) {
                    slots.put(slot + "." + spec.name(), new float[parameters.get(spec.name()).length]);
                }
            }
        }
        return new TrainingState(parameters, update.hasEma() ? parameters.copy() : null, slots);
    }

    /** Parameters and buffers. */
    public Parameters parameters() {
        return parameters;
    }

    /** Their moving average, where one is kept. */
    public Optional<Parameters> ema() {
        return Optional.ofNullable(ema);
    }

    /** The optimizer's arrays: {@code <slot>.<parameter>} → values, to be read and written in place. */
    public Map<String, float[]> slots() {
        return Collections.unmodifiableMap(slots);
    }

    /** One array of the optimizer. */
    public float[] slot(String slot, String parameter) {
        float[] values = slots.get(slot + "." + parameter);
        if (values == null) {
            throw new GraphException(slot + "." + parameter, "is not kept by this optimizer");
        }
        return values;
    }
}
