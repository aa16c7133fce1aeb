package io.vertebra.onednn.session;

import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.session.CompiledPlan;
import io.vertebra.onednn.emit.Plan;
import io.vertebra.onednn.natives.Block;
import java.util.Collection;
import java.util.Map;

/** A plan with the copies of weights that it reads. */
final class OpenPlan implements CompiledPlan<Block> {
    private final Plan plan;
    private final Copy[] copies;

    OpenPlan(Plan plan, Collection<Copy> copies) {
        this.plan = plan;
        this.copies = copies.toArray(Copy[]::new);
    }

    Plan plan() {
        return plan;
    }

    Copy[] copies() {
        return copies;
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
    public void bind(Block arena) {
        plan.bind(arena);
    }

    @Override
    public Outputs run(Batch batch, Map<String, Tensor.Floats> gradients) {
        for (Copy copy : copies) {
            copy.refresh();
        }
        return plan.run(batch, gradients);
    }

    @Override
    public void close() {
        plan.close();
    }
}
