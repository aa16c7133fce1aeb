package io.vertebra.cuda.session;

import io.vertebra.cuda.device.DeviceMemory;
import io.vertebra.cuda.emit.Ahead;
import io.vertebra.cuda.emit.Plan;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Counter;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.session.CompiledPlan;
import java.util.Collection;
import java.util.Map;

/** A plan with the copies of weights that it reads. */
final class OpenPlan implements CompiledPlan<DeviceMemory> {
    private final Plan plan;
    private final Copies.Copy[] copies;
    private final Counter counter;
    private final Ahead ahead;

    OpenPlan(Plan plan, Collection<Copies.Copy> copies, Counter counter, Ahead ahead) {
        this.plan = plan;
        this.ahead = ahead;
        this.copies = copies.toArray(Copies.Copy[]::new);
        this.counter = counter;
    }

    Plan plan() {
        return plan;
    }

    @Override
    public long activationBytes() {
        return plan.activationBytes();
    }

    @Override
    public long bytes() {
        return plan.activationBytes() + plan.scratchBytes();
    }

    @Override
    public void bind(DeviceMemory arena) {
        plan.bind(arena.address());
    }

    /** Fills copies whose masters have changed. */
    void refresh() {
        for (Copies.Copy copy : copies) {
            copy.refresh();
        }
    }

    @Override
    public Outputs run(Batch batch, Map<String, Tensor.Floats> gradients) {
        refresh();
        return plan.run(batch, gradients, counter::key, ahead);
    }

    @Override
    public void close() {
        plan.close();
    }
}
