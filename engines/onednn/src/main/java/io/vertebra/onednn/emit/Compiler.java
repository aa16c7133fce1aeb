package io.vertebra.onednn.emit;

import io.vertebra.graph.Node;
import io.vertebra.graph.pass.InPlace;
import io.vertebra.graph.pass.MemoryPlan;
import io.vertebra.graph.plan.Form;
import io.vertebra.graph.plan.Program;
import io.vertebra.graph.plan.Unit;
import io.vertebra.onednn.natives.Block;
import io.vertebra.onednn.natives.Handles;
import io.vertebra.onednn.natives.PostOps;
import io.vertebra.onednn.pass.Passes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** From a form to a plan: passes, forward units in order, backward units in reverse order, memory. */
public final class Compiler {

    /** What is differentiated. */
    public enum Roots {
        /** Nothing. */
        NONE,
        /** The output {@code loss}. */
        LOSS,
        /** Outputs whose gradients the caller gives. */
        GIVEN
    }

    private final Lowering l;
    private final Doors doors = new Doors();
    private final Map<Integer, Operand> gradients = new HashMap<>();

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
        if (roots == Roots.LOSS) {
            contribute(l.program().outputs().get("loss"), l.one());
        } else if (roots == Roots.GIVEN) {
            for (String name : given) {
                int value = l.program().outputs().get(name);
                contribute(value, doors.seed(name, value, l));
            }
        }
        backward(backwards);
        if (roots == Roots.GIVEN) {
            inputGradients();
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

    private void backward(List<Backward> backwards) {
        List<Unit> units = l.program().units();
        for (int i = units.size() - 1; i >= 0; i--) {
            Unit unit = units.get(i);
            Operand gradient = gradients.get(unit.output());
            if (gradient != null) {
                List<Operand> ofInputs = backwards.get(i).lower(gradient);
                for (int k = 0; k < ofInputs.size(); k++) {
                    contribute(unit.inputs().get(k), ofInputs.get(k));
                }
            }
        }
    }

    /** Adds a part of a value's gradient; parts that nothing needs are dropped. */
    private void contribute(int value, Operand part) {
        if (part == null || !l.form().needsGradient(value)) {
            return;
        }
        Unit producer = l.program().producer(value);
        Operand own = l.convert(part, l.desc(value), producer.name());
        Operand before = gradients.get(value);
        gradients.put(
                value,
                before == null
                        ? own
                        : Joins.sum(producer, before, own, l.desc(value), PostOps.NONE, l.backward(producer), l));
    }

    private void inputGradients() {
        for (Node node : l.form().graph().inputs()) {
            if (Form.isPicture(node)) {
                Operand gradient = gradients.get(node.index());
                if (gradient == null) {
                    doors.array("grad." + node.name(), l.shape(node.index()));
                } else {
                    doors.out("grad." + node.name(), l.shape(node.index()), gradient, "backward data", l);
                }
            }
        }
    }
}
