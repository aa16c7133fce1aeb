package io.vertebra.tasks.runs;

import io.vertebra.backbones.weights.SafetensorsWriter;
import io.vertebra.backbones.weights.WeightFile;
import io.vertebra.backbones.weights.WeightsException;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.TrainingState;
import java.nio.file.Path;
import java.util.List;

/** Parameters and optimizer arrays as safetensors files. */
final class Tensors {
    private static final String TRACKED = "num_batches_tracked";

    private Tensors() {}

    static SafetensorsWriter writer(Parameters parameters, long batches) {
        SafetensorsWriter writer = new SafetensorsWriter();
        for (String name : parameters.names()) {
            writer.add(name, parameters.spec(name).shape().toArray(), parameters.get(name));
        }
        return writer.batchesTracked(batches);
    }

    static SafetensorsWriter slots(TrainingState state) {
        SafetensorsWriter writer = new SafetensorsWriter();
        state.slots().forEach((name, values) -> {
            String parameter = name.substring(name.indexOf('.') + 1);
            writer.add(name, state.parameters().spec(parameter).shape().toArray(), values);
        });
        return writer;
    }

    static void read(Path file, Parameters into) {
        try (WeightFile weights = WeightFile.open(file)) {
            for (String name : into.names()) {
                fill(weights, name, into.spec(name).shape().extents(), into.get(name));
            }
            refuseOthers(weights, into.names().size());
        }
    }

    static void readSlots(Path file, TrainingState into) {
        try (WeightFile weights = WeightFile.open(file)) {
            into.slots().forEach((name, values) -> {
                String parameter = name.substring(name.indexOf('.') + 1);
                fill(weights, name, into.parameters().spec(parameter).shape().extents(), values);
            });
            refuseOthers(weights, into.slots().size());
        }
    }

    private static void fill(WeightFile weights, String name, List<Integer> shape, float[] values) {
        var info = weights.tensors().get(name);
        if (info == null) {
            throw new WeightsException(weights.file(), name, "is missing; was the model of this run another one?");
        }
        if (!info.shape().equals(shape)) {
            throw new WeightsException(
                    weights.file(), name, "has shape " + info.shape() + ", the model wants " + shape);
        }
        System.arraycopy(weights.read(name), 0, values, 0, values.length);
    }

    private static void refuseOthers(WeightFile weights, int wanted) {
        long found = weights.tensors().keySet().stream()
                .filter(name -> !name.endsWith(TRACKED))
                .count();
        if (found != wanted) {
            throw new WeightsException(weights.file(), "", "has " + found + " tensors, this run wants " + wanted);
        }
    }
}
