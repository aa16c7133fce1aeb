package io.vertebra.tasks.joint;

import io.vertebra.datasets.Batch;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.tasks.Forward;
import io.vertebra.tasks.Scores;
import io.vertebra.tasks.report.Part;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The accounts of several heads; names of figures and parts get the key before them.
 *
 * @param scores by key
 * @param inputs of a batch, for all heads
 */
record JointScores(Map<String, Scores> scores, Function<Batch, Map<String, Tensor>> inputs) implements Scores {

    /** One pass for all that want just that. */
    @Override
    public void measure(Batch batch, Forward network) {
        Forward shared = new SharedForward(network, inputs.apply(batch));
        scores.values().forEach(s -> s.measure(batch, shared));
    }

    /** All of them count the same samples. */
    @Override
    public long samples() {
        return scores.values().iterator().next().samples();
    }

    @Override
    public Map<String, Double> values() {
        Map<String, Double> values = new LinkedHashMap<>();
        scores.forEach((key, s) -> s.values().forEach((metric, value) -> values.put(key + "." + metric, value)));
        return values;
    }

    @Override
    public List<Map<String, Object>> predictions() {
        List<Map<String, Object>> rows = new ArrayList<>();
        scores.forEach((key, s) -> s.predictions().forEach(row -> {
            Map<String, Object> keyed = new LinkedHashMap<>();
            keyed.put("head", key);
            keyed.putAll(row);
            rows.add(keyed);
        }));
        return rows;
    }

    @Override
    public List<Part> parts() {
        List<Part> parts = new ArrayList<>();
        scores.forEach((key, s) -> s.parts().forEach(part -> parts.add(part.under(key))));
        return parts;
    }
}
