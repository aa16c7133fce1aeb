package io.vertebra.onednn.emit;

import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.onednn.natives.Arg;
import io.vertebra.onednn.natives.Block;
import io.vertebra.onednn.natives.Handles;
import io.vertebra.onednn.natives.Memory;
import io.vertebra.onednn.natives.Primitive;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * A compiled static plan: calls in order, each bound to its tensors. Running it is a loop over an array; nothing is
 * allocated, looked up or boxed. Owns its primitives and descriptors, not the arena.
 */
public final class Plan implements AutoCloseable {
    private final Handles handles;
    private final List<Call> calls;
    private final Doors doors;
    private final long activationBytes;
    private final long scratchBytes;
    private final Map<Operand, Memory> memories = new LinkedHashMap<>();
    private Runnable[] steps;
    private Outputs outputs;

    Plan(Handles handles, List<Call> calls, Doors doors, long activationBytes, long scratchBytes) {
        this.handles = handles;
        this.calls = List.copyOf(calls);
        this.doors = doors;
        this.activationBytes = activationBytes;
        this.scratchBytes = scratchBytes;
    }

    /** Bytes of values and their gradients. */
    public long activationBytes() {
        return activationBytes;
    }

    /** Bytes of working memory, behind them. */
    public long scratchBytes() {
        return scratchBytes;
    }

    /** Makes the primitives, once, and gives all tensors their places; again after the arena or the weights moved. */
    public void bind(Block arena) {
        Runnable[] made = steps == null ? new Runnable[calls.size()] : steps;
        for (int i = 0; i < made.length; i++) {
            Call call = calls.get(i);
            if (call.recipe() != null && made[i] == null) {
                made[i] = primitive(call);
            } else if (call.kernel() != null) {
                call.kernel().bind(views(call, arena));
                made[i] = call.kernel()::run;
            }
        }
        for (Map.Entry<Operand, Memory> entry : memories.entrySet()) {
            Operand operand = entry.getKey();
            entry.getValue().bind(block(operand, arena), offset(operand));
        }
        steps = made;
        outputs = doors.outputs();
    }

    private Runnable primitive(Call call) {
        Map<Arg, Memory> arguments = new LinkedHashMap<>();
        call.arguments()
                .forEach((role, operand) ->
                        arguments.put(role, memories.computeIfAbsent(operand, o -> new Memory(handles, o.desc()))));
        return new Primitive(handles, "node " + call.label().name(), call.recipe(), arguments)::run;
    }

    private static ByteBuffer[] views(Call call, Block arena) {
        return call.operands().stream()
                .map(o -> block(o, arena).view(offset(o), o.desc().bytes()))
                .toArray(ByteBuffer[]::new);
    }

    private static Block block(Operand operand, Block arena) {
        return operand.storage() != null ? arena : operand.place().block();
    }

    private static long offset(Operand operand) {
        return operand.storage() != null
                ? operand.storage().offset()
                : operand.place().offset();
    }

    /** Runs one pass. */
    public Outputs run(Batch batch, Map<String, Tensor.Floats> gradients) {
        doors.set(batch);
        doors.setSeeds(gradients);
        for (Runnable step : steps) {
            step.run();
        }
        return outputs;
    }

    /** Runs one pass and notes what each call took on this clock. */
    public void run(Batch batch, LongSupplier clock, long[] times) {
        doors.set(batch);
        for (int i = 0; i < steps.length; i++) {
            long start = clock.getAsLong();
            steps[i].run();
            times[i] = clock.getAsLong() - start;
        }
    }

    /** Calls. */
    public int size() {
        return calls.size();
    }

    /** What a call is. */
    public io.vertebra.graph.engine.Session.Timing row(int call, double milliseconds) {
        Call.Label label = calls.get(call).label();
        return new io.vertebra.graph.engine.Session.Timing(
                label.name(),
                label.operator(),
                label.pass(),
                calls.get(call).implementation(),
                milliseconds,
                label.macs(),
                calls.get(call).bytes());
    }

    @Override
    public void close() {
        handles.close();
    }
}
