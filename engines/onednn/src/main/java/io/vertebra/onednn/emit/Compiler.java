package io.vertebra.onednn.emit;

import io.vertebra.graph.Node;
import io.vertebra.graph.pass.InPlace;
import io.vertebra.graph.pass.MemoryPlan;
import io.vertebra.graph.plan.Form;
import io.vertebra.graph.plan.GradientFlow;
import io.vertebra.graph.plan.Program;
import io.vertebra.graph.plan.Roots;
import io.vertebra.graph.plan.Unit;
import io.vertebra.onednn.natives.Block;
import io.vertebra.onednn.natives.Handles;
import io.vertebra.onednn.natives.PostOps;
import io.vertebra.onednn.pass.Passes;
import java.util.ArrayList;
import java.util.List;

/** From a form to a plan: passes, forward units in order, backward units in reverse order, memory. */
public final class Compiler {

    private final Lowering l;
    private final Doors doors = new Doors();

    private Compiler(Lowering l) {
        this.l = l;
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
        long activations = MemoryPlan.assign(l.storages(), Block.ALIGNMENT);
        l.scratch().place(activations);
        return new Plan(l.handles(), l.calls(), doors, activations, l.scratch().bytes());
    }

    private List<Backward> forward() {
        List<Backward> backwards = new ArrayList<>();
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
        return l.convert(part, l.desc(value), l.program().producer(value).name());
    }

    /** The sum of two parts of a value's gradient, in the order of both. */
    private Operand sum(Unit producer, Operand a, Operand b) {
        return Joins.sum(producer, a, b, b.desc(), PostOps.NONE, l.backward(producer), l);
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
