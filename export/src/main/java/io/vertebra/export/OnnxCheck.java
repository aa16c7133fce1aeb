package io.vertebra.export;

import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Compares what ONNX Runtime makes of a file with what an engine makes of the graph it was written from. */
public final class OnnxCheck {
    private static final String PROPOSALS = "proposals";

    private OnnxCheck() {}

    /**
     * The difference of each output by its own name: the largest absolute one, as a share of the output's largest value.
     * What is said of {@code proposals} is compared region by region, in whatever order these come.
     *
     * @param model the file
     * @param options it was written with
     * @param session the graph in an engine
     * @param batch what both are fed
     */
    public static Map<String, Double> differences(Path model, OnnxOptions options, Session session, Batch batch) {
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        batch.inputs().forEach((name, tensor) -> inputs.put(options.nameOf(name), tensor));
        Outputs theirs = OnnxRuntimes.run(model, inputs);
        Outputs ours = session.evaluate(batch);
        Map<String, Tensor.Floats> renamed = new LinkedHashMap<>();
        ours.names().forEach(name -> renamed.put(name, theirs.get(options.nameOf(name))));
        return differences(ours, new Outputs(renamed));
    }

    /** Of two runs of one graph. */
    static Map<String, Double> differences(Outputs ours, Outputs theirs) {
        Map<String, Double> differences = new LinkedHashMap<>();
        for (String name : ours.names()) {
            differences.put(
                    name, difference(ours.get(name).data(), theirs.get(name).data()));
        }
        for (String name : ours.names()) {
            if (name.endsWith(PROPOSALS)) {
                ofRegions(name, ours, theirs, differences);
            }
        }
        return differences;
    }

    /** Compares the outputs of a head that have a row for each of its proposals. */
    private static void ofRegions(String proposals, Outputs ours, Outputs theirs, Map<String, Double> differences) {
        RegionPairs pairs =
                RegionPairs.of(ours.get(proposals).data(), theirs.get(proposals).data());
        String head = proposals.substring(0, proposals.length() - PROPOSALS.length());
        int count = ours.get(proposals).shape().n();
        for (String name : ours.names()) {
            if (name.startsWith(head) && ours.get(name).shape().n() == count) {
                differences.put(
                        name,
                        pairs.difference(ours.get(name).data(), theirs.get(name).data()));
            }
        }
    }

    /** The largest absolute difference as a share of the largest expected value; infinite where the lengths differ or a value is not finite. */
    static double difference(float[] expected, float[] actual) {
        if (expected.length != actual.length) {
            return Double.POSITIVE_INFINITY;
        }
        double largest = Float.MIN_NORMAL;
        double difference = 0;
        for (int i = 0; i < expected.length; i++) {
            double distance = Math.abs((double) expected[i] - actual[i]);
            if (!Double.isFinite(distance)) {
                return Double.POSITIVE_INFINITY;
            }
            largest = Math.max(largest, Math.abs(expected[i]));
            difference = Math.max(difference, distance);
        }
        return difference / largest;
    }
}
