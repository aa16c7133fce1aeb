package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Prepared;
import io.vertebra.graph.Node;
import io.vertebra.graph.pass.InPlace;
import io.vertebra.graph.pass.MemoryPlan;
import io.vertebra.graph.plan.Form;
import io.vertebra.graph.plan.GradientFlow;
import io.vertebra.graph.plan.Roots;
import io.vertebra.graph.plan.Unit;
import java.util.ArrayList;
import java.util.List;

/** From a form to a plan: passes, forward units in order, backward units in reverse order, memory. */
public final class Compiler {
    /** A card reads 128 bytes at once, cuDNN wants its tensors at multiples of 16. */
    private static final long ALIGNMENT = 256;

    private final Lowering l;
    private final Doors doors;

    private Compiler(Lowering l) {
        this.l = l;
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
        doors.announce(l.program().outputs().keySet());
        List<Backward> backwards = forward();
        GradientFlow<Operand> flow = new GradientFlow<>(l.program(), this::own, this::sum);
        if (roots == Roots.LOSS) {
            flow.contribute(l.program().outputs().get("loss"), l.one());
        } else if (roots == Roots.GIVEN) {
            for (String name : given) {
                int value = l.program().outputs().get(name);
                flow.contribute(value, doors.seed(name, value, l));
            }
        }
        flow.run(backwards);
        if (roots == Roots.GIVEN) {
            inputGradients(flow);
        }
        InPlace.apply(l.inPlaceCandidates());
        long activations = MemoryPlan.assign(l.storages(), ALIGNMENT);
        l.scratch().place(activations);
        return new Plan(l, doors, activations);
    }

    private List<Backward> forward() {
        List<Backward> backwards = new ArrayList<>();
        doors.open(l.program().units(), l);
        Channels channels = new Channels(l);
        for (Unit unit : l.program().units()) {
            backwards.add(unit.node().op().accept(new Emitter(unit, l, doors, channels)));
            l.program().outputs().forEach((name, value) -> {
                if (value == unit.output()) {
                    doors.out(name, l.shape(value), l.value(value), "forward", l);
                }
            });
        }
        return backwards;
    }

    private Operand own(int value, Operand part) {
        return l.convert(part, l.type(value), l.program().producer(value).name());
    }

    /** The sum of two parts of a value's gradient. */
    private Operand sum(Unit producer, Operand a, Operand b) {
        return Adds.gradient(l.backward(producer), a, b, l);
    }

    private void inputGradients(GradientFlow<Operand> flow) {
        for (Node node : l.form().graph().inputs()) {
            if (Form.isPicture(node)) {
                Operand gradient = flow.of(node.index());
                if (gradient == null) {
                    doors.array("grad." + node.name(), l.shape(node.index()));
                } else {
                    doors.out("grad." + node.name(), l.shape(node.index()), gradient, "backward data", l);
                }
            }
        }
    }
}
