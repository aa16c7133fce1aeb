package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Device;
import io.vertebra.cuda.device.HostMemory;
import io.vertebra.cuda.device.Prepared;
import io.vertebra.cuda.device.Resource;
import io.vertebra.cuda.device.Step;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntToLongFunction;
import java.util.function.ToLongFunction;

/**
 * A compiled static plan: calls in order, each bound to its tensors. The first pass runs them one by one, which lets
 * libraries set themselves up; from the second on all but what brings inputs in is one recorded sequence. Owns its steps, the chosen code of the
 * libraries, the page-locked memory and the constants; not the arena.
 */
public final class Plan implements Resource {
    private final Device device;
    private final List<Call> calls;
    private final List<Prepared> owned;
    private final Doors doors;
    private final Constants constants;
    private final long activationBytes;
    private final long scratchBytes;
    private final List<Step> steps = new ArrayList<>();
    private Step recorded;
    private boolean hasRun;
    private Outputs outputs;
    private long arena;

    Plan(Lowering l, Doors doors, long activationBytes) {
        this.device = l.target().device();
        this.calls = List.copyOf(l.calls());
        this.owned = List.copyOf(l.owned());
        this.doors = doors;
        this.constants = l.constants();
        this.activationBytes = activationBytes;
        this.scratchBytes = l.scratch().bytes();
    }

    /** Bytes of values and their gradients. */
    public long activationBytes() {
        return activationBytes;
    }

    /** Bytes of working memory, behind them. */
    public long scratchBytes() {
        return scratchBytes;
    }

    /** Gives all tensors their places; again after the arena or the weights moved. */
    public void bind(long place) {
        unbind();
        arena = place;
        constants.place(device);
        HostMemory staging = doors.place(device);
        device.prepare(
                calls.stream().flatMap(c -> c.sources().stream()).distinct().toList());
        Call.Binding binding = new Call.Binding(device, arena, staging);
        doors.bind(binding);
        for (Call call : calls) {
            steps.add(call.bind(binding));
        }
        outputs = doors.exits().outputs();
    }

    private void unbind() {
        if (recorded != null) {
            recorded.close();
            recorded = null;
        }
        steps.forEach(Step::close);
        steps.clear();
        doors.unbind();
        hasRun = false;
    }

    /**
     * Runs one pass and waits for it.
     *
     * @param keys of the random numbers of a node in this pass
     * @param ahead what may have brought the batch already
     */
    public Outputs run(Batch batch, Map<String, Tensor.Floats> gradients, IntToLongFunction keys, Ahead ahead) {
        doors.fillSeeds(gradients);
        if (!ahead.give(batch, this)) {
            doors.fill(batch);
            open(batch, 0, doors.inputs());
        }
        open(batch, doors.inputs(), doors.opened());
        constants.refresh(keys);
        if (!hasRun) {
            steps.subList(doors.opened(), steps.size()).forEach(Step::run);
            hasRun = true;
        } else {
            if (recorded == null) {
                recorded = device.record(steps.subList(doors.opened(), steps.size()));
            }
            recorded.run();
        }
        device.synchronize();
        doors.exits().read();
        return outputs;
    }

    private void open(Batch batch, int from, int to) {
        for (int i = from; i < to; i++) { // without an iterator, which would be garbage in each step
            Step instead = doors.instead(i, batch);
            (instead != null ? instead : steps.get(i)).run();
        }
    }

    /** Takes the inputs of the pass that begins from the device's memory, each where an address says. */
    public void take(Batch batch, ToLongFunction<String> addresses) {
        doors.take(batch, addresses, device, arena);
    }

    /** Runs one pass and notes the milliseconds of each call. */
    public void time(Batch batch, IntToLongFunction keys, double[] milliseconds) {
        doors.fill(batch);
        constants.refresh(keys);
        device.time(steps, milliseconds);
    }

    /** Calls. */
    public int size() {
        return calls.size();
    }

    /** What a call is. */
    public Session.Timing row(int call, double milliseconds) {
        Call.Label label = calls.get(call).label();
        return new Session.Timing(
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
        unbind();
        owned.forEach(Prepared::close);
        doors.close();
        constants.close();
    }
}
