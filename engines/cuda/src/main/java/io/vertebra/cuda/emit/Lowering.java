package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Prepared;
import io.vertebra.cuda.device.Type;
import io.vertebra.cuda.emit.Call.Label;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.pass.InPlace;
import io.vertebra.graph.pass.Singles;
import io.vertebra.graph.plan.Form;
import io.vertebra.graph.plan.Program;
import io.vertebra.graph.plan.Storage;
import io.vertebra.graph.plan.Unit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What is known while a program is lowered: the calls so far, and the tensors of each value in the types that calls wanted.
 * Maps lie channels last, so that only types are converted.
 */
final class Lowering {
    private final Program program;
    private final Singles singles;
    private final Weights weights;
    private final Target target;
    private final Constants constants = new Constants();

    private final List<Call> calls = new ArrayList<>();
    private final List<Prepared> owned = new ArrayList<>();
    private final List<Storage> storages = new ArrayList<>();
    private final List<InPlace.Candidate> inPlace = new ArrayList<>();
    private final Storage scratch = new Storage(0);
    private final Map<Integer, List<Operand>> values = new LinkedHashMap<>();
    private final Map<Operand, Operand> converted = new LinkedHashMap<>();
    private final Deferrals deferrals = new Deferrals(storages);
    private final Map<Storage, Columns.Partials> partials = new HashMap<>();
    private final Slots slots;
    private final ParameterGradients gradients;
    private Operand one;

    Lowering(Program program, Weights weights, Target target) {
        this.program = program;
        this.singles = Singles.of(program);
        this.weights = weights;
        this.target = target;
        this.slots = new Slots(program, this);
        this.gradients = new ParameterGradients(this);
    }

    Program program() {
        return program;
    }

    Form form() {
        return program.form();
    }

    Weights weights() {
        return weights;
    }

    Target target() {
        return target;
    }

    /** The type that convolutions compute in. */
    Type compute() {
        return target.compute();
    }

    /** Whether running statistics follow those of the batch. */
    boolean movesStatistics() {
        return target.movesStatistics();
    }

    List<Call> calls() {
        return calls;
    }

    List<Prepared> owned() {
        return owned;
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

    Constants constants() {
        return constants;
    }

    /** Places in the results of concats. */
    Slots slots() {
        return slots;
    }

    /** Where the gradients of parameters go. */
    ParameterGradients gradients() {
        return gradients;
    }

    /** Gradients that are not there yet. */
    Deferrals deferrals() {
        return deferrals;
    }

    Shape shape(int value) {
        return form().shape(value);
    }

    /** The value's own type; its gradient has the same. */
    Type type(int value) {
        if (form().graph().nodes().get(value).op().type() == DataType.I32) {
            return Type.I32;
        }
        return singles.contains(value) ? Type.F32 : compute();
    }

    // tensors

    Operand temporary(Type type, long elements) {
        Storage storage = new Storage(elements * type.bytes());
        storages.add(storage);
        return Operand.in(storage, type, elements);
    }

    /** Says that the rows of a tensor have been added up on the way. */
    void partials(Operand tensor, Columns.Partials sums) {
        partials.put(tensor.storage(), sums);
    }

    /** Sums of a tensor's rows, or {@code null}. */
    Columns.Partials partials(Operand tensor) {
        return partials.get(tensor.storage());
    }

    /** Memory for a value. */
    Operand like(int value) {
        return temporary(type(value), shape(value).elements());
    }

    /** Says what a unit has computed. */
    void define(int value, Operand operand) {
        values.computeIfAbsent(value, v -> new ArrayList<>()).add(operand);
    }

    /** A value in its own type. */
    Operand value(int value) {
        return value(value, type(value));
    }

    /** A value in this type. */
    Operand value(int value, Type wanted) {
        List<Operand> versions = values.get(value);
        for (Operand version : versions) {
            if (version.type() == wanted) {
                return version;
            }
        }
        Operand made = cast(versions.get(0), wanted, program.producer(value).name());
        versions.add(made);
        return made;
    }

    /** A gradient or other tensor in this type; the same tensor is converted once. */
    Operand convert(Operand operand, Type wanted, String name) {
        if (operand.type() == wanted) {
            return operand;
        }
        Operand made = converted.get(operand);
        if (made == null) {
            made = cast(operand, wanted, name);
            converted.put(operand, made);
        }
        return made;
    }

    private Operand cast(Operand from, Type wanted, String name) {
        return Layouts.cast(new Label(name, "cast", "reorder", 0), from, wanted, this);
    }

    /** A table that does not change, such as weights of classes. */
    Operand constant(float... numbers) {
        return constants.add(numbers);
    }

    /** A table of whole numbers that does not change, such as an index. */
    Operand table(int... numbers) {
        return constants.add(numbers);
    }

    /** Eight bytes: the key by which a node draws random numbers in this pass. */
    Operand key(int node) {
        return constants.key(node);
    }

    /** Whether this is the gradient of the loss that is the root of everything: the constant 1. */
    boolean isOne(Operand gradient) {
        return gradient.equals(one);
    }

    /** The constant 1. */
    Operand one() {
        if (one == null) {
            one = constant(1);
        }
        return one;
    }

    // calls

    void launch(Label label, Kernel kernel, Object... arguments) {
        append(new Call.Launch(label, kernel, Arrays.asList(arguments)));
    }

    /** A convolution or product; working memory is added to its tensors. */
    void run(Label label, Prepared code, Operand... operands) {
        owned.add(code);
        scratch.grow(code.workspace());
        List<Operand> all = new ArrayList<>(Arrays.asList(operands));
        all.add(Operand.in(scratch, Type.F32, code.workspace() / Type.F32.bytes()));
        append(new Call.Library(label, code, all));
    }

    void append(Call call) {
        call.operands().stream().filter(Objects::nonNull).forEach(deferrals::compute);
        for (Operand operand : call.operands()) {
            if (operand != null && operand.storage() != null) {
                operand.storage().touch(calls.size());
            }
        }
        calls.add(call);
    }

    /** Says that the last call may write its result over a source that nobody needs afterwards. */
    void mayWorkInPlace(Operand result, Operand source) {
        if (result.storage() != null && source.storage() != null && result.bytes() == source.bytes()) {
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
