package io.vertebra.graph.session;

import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.engine.TrainingState;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Moves weights and training state between the plain arrays of the caller and the masters; exact in both directions. */
final class States<A extends Arena> {
    private final Masters<A> masters;
    private final List<String> slots;

    /** Of a session that was opened with these options. */
    States(Masters<A> masters, Options options) {
        this.masters = masters;
        this.slots = options.update() == null
                ? List.of()
                : options.update().optimizer().slots();
    }

    void load(Parameters parameters) {
        loadInto(masters.weights(), parameters);
    }

    private void loadInto(A arena, Parameters parameters) {
        for (ParameterLayout.Entry entry : masters.layout().entries()) {
            float[] values = values(parameters, entry);
            if (entry.spec().isIndex()) {
                entry.spec().indices(values); // refuses what chooses nothing
            }
            masters.write(entry.name(), arena, values);
        }
    }

    private static float[] values(Parameters parameters, ParameterLayout.Entry entry) {
        Shape given = parameters.spec(entry.name()).shape();
        if (!given.equals(entry.spec().shape())) {
            throw new GraphException(
                    entry.name(),
                    "has the shape " + given + ", the model wants "
                            + entry.spec().shape());
        }
        return parameters.get(entry.name());
    }

    void load(TrainingState state) {
        load(state.parameters());
        if (masters.average() != null) {
            loadInto(masters.average(), state.ema().orElse(state.parameters()));
        }
        for (ParameterLayout.Entry entry : masters.layout().entries()) {
            for (int i = 0; entry.isTrained() && i < slots.size(); i++) {
                masters.write(entry.name(), masters.slots().get(i), state.slot(slots.get(i), entry.name()));
            }
        }
    }

    void save(Parameters parameters) {
        saveFrom(masters.weights(), parameters);
    }

    /** The average of an index is the index, which averaging may have rounded. */
    private void saveFrom(A arena, Parameters parameters) {
        for (ParameterLayout.Entry entry : masters.layout().entries()) {
            A exact = entry.spec().isIndex() ? masters.weights() : arena;
            masters.read(entry.name(), exact, values(parameters, entry));
        }
    }

    void save(TrainingState state) {
        save(state.parameters());
        if (masters.average() != null && state.ema().isPresent()) {
            saveFrom(masters.average(), state.ema().get());
        }
        for (ParameterLayout.Entry entry : masters.layout().entries()) {
            for (int i = 0; entry.isTrained() && i < slots.size(); i++) {
                masters.read(entry.name(), masters.slots().get(i), state.slot(slots.get(i), entry.name()));
            }
        }
    }

    /** The outputs, and the gradients of all trained parameters as {@code grad.<parameter>}. */
    Outputs withGradients(Outputs outputs) {
        Map<String, Tensor.Floats> all = new LinkedHashMap<>();
        outputs.names().forEach(name -> all.put(name, outputs.get(name)));
        for (ParameterLayout.Entry entry : masters.layout().entries()) {
            if (entry.isTrained()) {
                Shape shape = entry.spec().shape();
                float[] values = new float[Math.toIntExact(shape.elements())];
                masters.read(entry.name(), masters.gradients(), values);
                all.put("grad." + entry.name(), new Tensor.Floats(shape, values));
            }
        }
        return new Outputs(all);
    }
}
