package io.vertebra.onednn.session;

import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.engine.TrainingState;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Shape;
import io.vertebra.onednn.natives.Block;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Moves weights and training state between the plain arrays of the caller and the arenas; exact in both directions. */
final class States {
    private States() {}

    static void load(ParameterStore store, Parameters parameters) {
        loadInto(store, store.weights(), parameters);
    }

    private static void loadInto(ParameterStore store, Block arena, Parameters parameters) {
        for (Entry entry : store.entries()) {
            store.write(entry, arena, values(parameters, entry));
        }
    }

    private static float[] values(Parameters parameters, Entry entry) {
        Shape given = parameters.spec(entry.name()).shape();
        if (!given.equals(entry.spec().shape())) {
            throw new GraphException(
                    entry.name(),
                    "has the shape " + given + ", the model wants "
                            + entry.spec().shape());
        }
        return parameters.get(entry.name());
    }

    static void load(ParameterStore store, TrainingState state, Options options) {
        load(store, state.parameters());
        if (store.ema() != null) {
            loadInto(store, store.ema(), state.ema().orElse(state.parameters()));
        }
        List<String> slots = options.update().optimizer().slots();
        for (Entry entry : store.entries()) {
            for (int i = 0; entry.isTrained() && i < slots.size(); i++) {
                store.write(entry, store.slots().get(i), state.slot(slots.get(i), entry.name()));
            }
        }
    }

    static void save(ParameterStore store, Parameters parameters) {
        saveFrom(store, store.weights(), parameters);
    }

    private static void saveFrom(ParameterStore store, Block arena, Parameters parameters) {
        for (Entry entry : store.entries()) {
            store.read(entry, arena, values(parameters, entry));
        }
    }

    static void save(ParameterStore store, TrainingState state, Options options) {
        save(store, state.parameters());
        if (store.ema() != null && state.ema().isPresent()) {
            saveFrom(store, store.ema(), state.ema().get());
        }
        List<String> slots = options.update().optimizer().slots();
        for (Entry entry : store.entries()) {
            for (int i = 0; entry.isTrained() && i < slots.size(); i++) {
                store.read(entry, store.slots().get(i), state.slot(slots.get(i), entry.name()));
            }
        }
    }

    /** The outputs, and the gradients of all trained parameters as {@code grad.<parameter>}. */
    static Outputs withGradients(Outputs outputs, ParameterStore store) {
        Map<String, Tensor.Floats> all = new LinkedHashMap<>();
        outputs.names().forEach(name -> all.put(name, outputs.get(name)));
        for (Entry entry : store.entries()) {
            if (entry.isTrained()) {
                float[] values = new float[Math.toIntExact(entry.spec().shape().elements())];
                store.read(entry, store.gradients(), values);
                all.put("grad." + entry.name(), new Tensor.Floats(entry.spec().shape(), values));
            }
        }
        return new Outputs(all);
    }
}
