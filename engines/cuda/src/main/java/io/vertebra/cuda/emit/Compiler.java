package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Prepared;
import io.vertebra.graph.Node;
import io.vertebra.graph.pass.InPlace;
import io.vertebra.graph.pass.MemoryPlan;
import io.vertebra.graph.plan.Form;
import io.vertebra.graph.plan.Roots;
import io.vertebra.graph.plan.Unit;
import io.vertebra.graph.plan.Walk;
import java.util.List;

/** From a form to a plan: passes, forward units in order, backward units in reverse order, memory. */
public final class Compiler implements Walk.Steps<Operand> {
    /** A card reads 128 bytes at once, cuDNN wants its tensors at multiples of 16. */
    private static final long ALIGNMENT = 256;

    private final Lowering l;
    private final Channels channels;
    private final Doors doors;

    private Compiler(Lowering l) {
        this.l = l;
        this.channels = new Channels(l);
        this.doors = new Doors(l.target().copies());
    }

    /**
     * Compiles. The plan is not bound to memory yet.
     *
     * @param given outputs whose gradients are given, for {@link Roots#GIVEN}
     */
    public static Plan compile(Form form, Roots roots, Iterable<String> given, Weights weights, Target target) {
        Lowering lowering = new Lowering(Passes.run(form), weights, target);
        try {
            return new Compiler(lowering).compile(roots, given);
        } catch (RuntimeException | Error e) {
            lowering.owned().forEach(Prepared::close); // nobody else knows them yet
            throw e;
        }
    }

    private Plan compile(Roots roots, Iterable<String> given) {
        doors.exits().announce(l.program().outputs().keySet());
        doors.open(l.program().units(), l);
        Walk.run(l.program(), roots, given, this);
        InPlace.apply(l.inPlaceCandidates());
        long activations = MemoryPlan.assign(l.storages(), ALIGNMENT);
        l.scratch().place(activations);
        return new Plan(l, doors, activations);
    }

    @Override
    public Backward forward(Unit unit) {
        Backward backward = unit.node().op().accept(new Emitter(unit, l, doors, channels));
        return gradient -> {
            List<Operand> ofInputs = backward.lower(gradient);
            l.gradients().add(unit);
            return ofInputs;
        };
    }

    @Override
    public void output(String name, int value) {
        doors.exits().out(name, l.shape(value), l.value(value), "forward", l);
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
        return l.convert(part, l.type(value), l.program().producer(value).name());
    }

    @Override
    public Operand sum(Unit producer, Operand a, Operand b) {
        return Adds.gradient(l.backward(producer), a, b, l);
    }

    @Override
    public void inputGradient(Node picture, Operand gradient) {
        String name = "grad." + picture.name();
        if (gradient == null) {
            doors.exits().array(name, l.shape(picture.index()));
        } else {
            doors.exits().out(name, l.shape(picture.index()), gradient, "backward data", l);
        }
    }
}
