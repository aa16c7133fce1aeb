package io.vertebra.dl4j;

import io.vertebra.graph.engine.Groups;
import io.vertebra.graph.engine.Scalars;
import io.vertebra.graph.engine.TrainingState;
import io.vertebra.graph.engine.Update;
import io.vertebra.graph.engine.UpdateFormulas;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What a session for training keeps beside the weights, in flat native arrays that it owns: the sum of gradients over
 * micro-batches, the optimizer's arrays and the moving average. The formulas are those of all engines.
 */
final class Training implements AutoCloseable {
    private final Flat flat;
    private final Update update;
    private final Groups groups;
    private final UpdateRule rule;
    private final INDArray weights;
    private final INDArray sum;
    private final INDArray average;
    private final Map<String, INDArray> slots = new LinkedHashMap<>();

    /**
     * @param weights the live weights, owned by the session
     */
    Training(Flat flat, INDArray weights, TrainingState state, Update update, Groups groups) {
        this.flat = flat;
        this.update = update;
        this.groups = groups;
        this.rule = UpdateRule.of(weights.dataType());
        this.weights = weights;
        this.sum = flat.allocate(weights.dataType());
        this.average = update.hasEma() ? flat.allocate(weights.dataType()) : null;
        update.optimizer().slots().forEach(slot -> slots.put(slot, flat.allocate(weights.dataType())));
        if (average != null) {
            flat.put(average, state.ema().orElse(state.parameters()));
        }
        forEachSlot((slot, slice) -> Host.put(
                slots.get(slot), slice.offset(), state.slot(slot, slice.spec().name())));
    }

    private interface SlotVisitor {
        void visit(String slot, Flat.Slice slice);
    }

    private void forEachSlot(SlotVisitor visitor) {
        for (String slot : slots.keySet()) {
            trained().forEach(slice -> visitor.visit(slot, slice));
        }
    }

    private List<Flat.Slice> trained() {
        return flat.slices().stream().filter(s -> groups.isTrained(s.spec())).toList();
    }

    /** The moving average of all weights, where one is kept. */
    Optional<INDArray> average() {
        return Optional.ofNullable(average);
    }

    /** Takes the gradients of a micro-batch, and moves the weights if the scalars say so. */
    void add(INDArray gradients, Scalars scalars) {
        if (scalars.microBatch() == 0) {
            sum.assign(gradients);
        } else {
            sum.addi(gradients);
        }
        if (scalars.apply()) {
            apply(scalars);
        }
    }

    private void apply(Scalars scalars) {
        int batches = scalars.microBatch() + 1;
        double squares = 0;
        for (Flat.Slice slice : trained()) {
            squares += rule.squares(sum, slice);
        }
        double clip = UpdateFormulas.clipFactor(Math.sqrt(squares) / batches, update.clipNorm());
        for (Flat.Slice slice : trained()) {
            Groups.Group group = groups.get(slice.spec().name());
            double rate = scalars.learningRate() * group.rateFactor();
            var factors = new UpdateRule.Factors(clip / batches, rate, group.decay(), scalars.step());
            rule.move(update.optimizer(), weights, sum, List.copyOf(slots.values()), slice, factors);
        }
        if (average != null) {
            flat.slices().stream()
                    .filter(slice -> !slice.spec().isIndex())
                    .forEach(slice -> rule.average(average, weights, slice, update.emaDecay()));
        }
    }

    /** Copies the optimizer's arrays and the moving average; the weights are the session's. */
    void save(TrainingState state) {
        state.ema().ifPresent(ema -> flat.get(average, ema));
        forEachSlot((slot, slice) -> Host.get(
                slots.get(slot), slice.offset(), state.slot(slot, slice.spec().name())));
    }

    /** Every array that training changes, the weights included. */
    List<INDArray> changing() {
        List<INDArray> arrays = new ArrayList<>(owned());
        arrays.add(weights);
        return arrays;
    }

    private List<INDArray> owned() {
        List<INDArray> arrays = new ArrayList<>(slots.values());
        arrays.add(sum);
        average().ifPresent(arrays::add);
        return arrays;
    }

    /** Native bytes. */
    long bytes() {
        return owned().stream()
                .mapToLong(a -> a.length() * a.dataType().width())
                .sum();
    }

    @Override
    public void close() {
        owned().forEach(INDArray::close);
    }
}
