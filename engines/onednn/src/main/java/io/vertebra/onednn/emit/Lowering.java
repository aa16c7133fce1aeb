package io.vertebra.onednn.emit;

import io.vertebra.graph.engine.Counter;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.pass.InPlace;
import io.vertebra.graph.plan.Form;
import io.vertebra.graph.plan.Program;
import io.vertebra.graph.plan.Storage;
import io.vertebra.graph.plan.Unit;
import io.vertebra.onednn.emit.Call.Label;
import io.vertebra.onednn.kernel.FillKernel;
import io.vertebra.onednn.kernel.Kernel;
import io.vertebra.onednn.natives.Arg;
import io.vertebra.onednn.natives.Desc;
import io.vertebra.onednn.natives.Handles;
import io.vertebra.onednn.natives.Recipe;
import io.vertebra.onednn.natives.Recipes;
import io.vertebra.onednn.natives.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is known while a program is lowered: the calls so far, and the tensors of each value in the orders that calls
 * wanted. An operator asks for its input in the order that its code likes; a reorder appears where none has it yet.
 */
final class Lowering {
    private final Program program;
    private final Layout layout;
    private final Handles handles;
    private final Weights weights;
    private final Counter counter;
    private final boolean movesStatistics;
    private final ParameterGradients parameterGradients = new ParameterGradients(this);

    private final List<Call> calls = new ArrayList<>();
    private final List<Storage> storages = new ArrayList<>();
    private final List<InPlace.Candidate> inPlace = new ArrayList<>();
    private final Storage scratch = new Storage(0);
    private final Map<Integer, List<Operand>> values = new LinkedHashMap<>();
    private final Map<Integer, Operand> wholes = new LinkedHashMap<>();
    private final Map<Operand, List<Operand>> converted = new LinkedHashMap<>();
    private final Map<Float, Operand> constants = new LinkedHashMap<>();

    Lowering(Program program, Handles handles, Weights weights, Target target) {
        this.program = program;
        this.layout = new Layout(program, handles, target);
        this.handles = handles;
        this.weights = weights;
        this.counter = target.counter();
        this.movesStatistics = target.movesStatistics();
    }

    Program program() {
        return program;
    }

    Form form() {
        return program.form();
    }

    /** How values lie. */
    Layout layout() {
        return layout;
    }

    Handles handles() {
        return handles;
    }

    Weights weights() {
        return weights;
    }

    ParameterGradients parameterGradients() {
        return parameterGradients;
    }

    Counter counter() {
        return counter;
    }

    List<Call> calls() {
        return calls;
    }

    List<Storage> storages() {
        return storages;
    }

    List<InPlace.Candidate> inPlaceCandidates() {
        return inPlace;
    }

    Storage scratch() {
        return scratch;
    }

    /** Whether running statistics follow those of the batch. */
    boolean movesStatistics() {
        return movesStatistics;
    }

    /** The type that convolutions compute in. */
    Type compute() {
        return layout.compute();
    }

    Shape shape(int value) {
        return form().shape(value);
    }

    // tensors

    Operand temporary(Desc desc) {
        Storage storage = new Storage(desc.bytes());
        storages.add(storage);
        return Operand.in(storage, desc);
    }

    /** Says what a unit has computed. */
    void define(int value, Operand operand) {
        values.computeIfAbsent(value, v -> new ArrayList<>()).add(operand);
    }

    /** A value in its own order. */
    Operand value(int value) {
        return value(value, layout.desc(value));
    }

    /** A value as this descriptor wants it. */
    Operand value(int value, Desc wanted) {
        List<Operand> versions = values.get(value);
        for (Operand version : versions) {
            if (version.desc().same(wanted)) {
                return version;
            }
        }
        Operand made = reorder(
                versions.get(0), temporary(wanted), program.producer(value).name());
        versions.add(made);
        return made;
    }

    /** A value that is about to be written over: copies of it in other orders are no copies of the result. */
    Operand takeOver(int value, Desc wanted) {
        Operand operand = value(value, wanted);
        converted.remove(operand);
        return operand;
    }

    /** A gradient or other tensor as this descriptor wants it; the same tensor is converted once. */
    Operand convert(Operand operand, Desc wanted, String name) {
        if (operand.desc().same(wanted)) {
            return operand;
        }
        List<Operand> versions = converted.computeIfAbsent(operand, o -> new ArrayList<>());
        for (Operand version : versions) {
            if (version.desc().same(wanted)) {
                return version;
            }
        }
        Operand made = reorder(operand, temporary(wanted), name);
        versions.add(made);
        return made;
    }

    Operand reorder(Operand from, Operand to, String name) {
        Recipe recipe = require(Recipes.reorder(from.desc(), to.desc()), name, "reorder");
        call(new Label(name, "reorder", "reorder", 0), recipe, arguments(Arg.SRC, from, Arg.DST, to));
        return to;
    }

    /** The tensor of a concatenation, parts of which may be written before the others exist. */
    Operand whole(int value) {
        return wholes.computeIfAbsent(value, v -> temporary(layout.desc(v)));
    }

    /** A part of a map's channels in the same memory, or {@code null} where the order does not allow it. */
    Operand part(Operand whole, int value, int channel) {
        long[] extents = Layout.extents(shape(value));
        long[] offsets = new long[extents.length];
        offsets[1] = channel;
        Desc desc = whole.desc().slice(handles, extents, offsets);
        return desc == null ? null : whole.as(desc);
    }

    /** Whether a value has been computed right into this part. */
    boolean isWrittenInto(int value, Operand part) {
        return values.get(value).stream()
                .anyMatch(v -> v.storage() == part.storage() && v.desc().same(part.desc()));
    }

    /** Whether this is the gradient of the loss that is the root of everything: the constant 1. */
    boolean isOne(Operand gradient) {
        return gradient.equals(constants.get(1f));
    }

    /** The constant 1. */
    Operand one() {
        return constant(1, new Label("loss", "seed", "backward data", 0));
    }

    /** A number as a tensor, for a unit and those after it: written by the first that wants it. */
    Operand constant(float value, Unit unit) {
        return constant(value, forward(unit));
    }

    private Operand constant(float value, Label label) {
        return constants.computeIfAbsent(value, v -> {
            Operand constant = temporary(layout.vector(1));
            call(label, new FillKernel(1, v), constant);
            return constant;
        });
    }

    // calls

    Recipe require(Recipe recipe, String name, String operator) {
        return Choice.require(recipe, name, operator);
    }

    static Map<Arg, Operand> arguments(Object... rolesAndOperands) {
        Map<Arg, Operand> arguments = new LinkedHashMap<>();
        for (int i = 0; i < rolesAndOperands.length; i += 2) {
            if (rolesAndOperands[i + 1] != null) {
                arguments.put((Arg) rolesAndOperands[i], (Operand) rolesAndOperands[i + 1]);
            }
        }
        return arguments;
    }

    void call(Label label, Recipe recipe, Map<Arg, Operand> arguments) {
        handles.add(recipe::close);
        Desc working = recipe.scratchpad();
        if (working != null) {
            scratch.grow(working.bytes());
            arguments.put(Arg.SCRATCHPAD, Operand.in(scratch, working));
        }
        append(Call.of(label, recipe, arguments));
    }

    void call(Label label, Kernel kernel, Operand... operands) {
        append(Call.of(label, kernel, Arrays.asList(operands)));
    }

    private void append(Call call) {
        for (Operand operand : call.operands()) {
            if (operand.storage() != null) {
                operand.storage().touch(calls.size());
            }
        }
        calls.add(call);
    }

    /** Says that the last call may write its result over a source that nobody needs afterwards. */
    void mayWorkInPlace(Operand result, Operand source) {
        boolean inArena = result.storage() != null && source.storage() != null;
        if (inArena && result.desc().same(source.desc())) {
            inPlace.add(new InPlace.Candidate(calls.size() - 1, result.storage(), source.storage()));
        }
    }

    Label label(Unit unit, String pass, long macs) {
        return new Label(unit.name(), unit.node().op().kind(), pass, macs);
    }

    Label forward(Unit unit) {
        return label(unit, "forward", 0);
    }

    Label backward(Unit unit) {
        return label(unit, "backward data", 0);
    }
}
