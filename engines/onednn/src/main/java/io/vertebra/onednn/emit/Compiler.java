package io.vertebra.onednn.emit;

import io.vertebra.graph.Node;
import io.vertebra.graph.pass.InPlace;
import io.vertebra.graph.pass.MemoryPlan;
import io.vertebra.graph.plan.Form;
import io.vertebra.graph.plan.Program;
import io.vertebra.graph.plan.Roots;
import io.vertebra.graph.plan.Unit;
import io.vertebra.graph.plan.Walk;
import io.vertebra.onednn.natives.Block;
import io.vertebra.onednn.natives.Handles;
import io.vertebra.onednn.natives.PostOps;
import io.vertebra.onednn.pass.Passes;

/** From a form to a plan: passes, forward units in order, backward units in reverse order, memory. */
public final class Compiler implements Walk.Steps<Operand> {

    private final Lowering l;
    private final Channels channels;
    private final Doors doors = new Doors();

    private Compiler(Lowering l) {
        this.l = l;
        this.channels = new Channels(l);
    }

    /**
     * Compiles. The plan is not bound to memory yet.
     *
     * @param given outputs whose gradients are given, for {@link Roots#GIVEN}
     */
    public static Plan compile(Form form, Roots roots, Iterable<String> given, Weights weights, Target target) {
        Handles handles = new Handles();
        try {
            Program program = Passes.run(form);
            Compiler compiler = new Compiler(new Lowering(program, handles, weights, target));
            return compiler.compile(roots, given);
        } catch (RuntimeException | Error e) {
            handles.close(); // nobody else knows them yet
            throw e;
        }
    }

    private Plan compile(Roots roots, Iterable<String> given) {
        doors.announce(l.program().outputs().keySet());
        Walk.run(l.program(), roots, given, this);
        InPlace.apply(l.inPlaceCandidates());
        long activations = MemoryPlan.assign(l.storages(), Block.ALIGNMENT);
        l.scratch().place(activations);
        return new Plan(l.handles(), l.calls(), doors, activations, l.scratch().bytes());
    }

    @Override
    public Backward forward(Unit unit) {
        return unit.node().op().accept(new Emitter(unit, l, doors, channels));
    }

    @Override
    public void output(String name, int value) {
        doors.out(name, l.shape(value), l.value(value), "forward", l);
    }

    @Override
    public Operand one() {
        return l.one();
    }

    @Override
    public Operand seed(String name, int value) {
        return doors.seed(name, value, l);
    }

    @Override
    public Operand own(int value, Operand part) {
        return l.convert(
                part, l.layout().desc(value), l.program().producer(value).name());
    }

    @Override
    public Operand sum(Unit producer, Operand a, Operand b) {
        return Joins.sum(producer, a, b, b.desc(), PostOps.NONE, l.backward(producer), l);
    }

    @Override
    public void inputGradient(Node picture, Operand gradient) {
        String name = "grad." + picture.name();
        if (gradient == null) {
            doors.array(name, l.shape(picture.index()));
        } else {
            doors.out(name, l.shape(picture.index()), gradient, "backward data", l);
        }
    }
}
