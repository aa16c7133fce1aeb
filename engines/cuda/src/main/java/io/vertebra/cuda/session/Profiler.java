package io.vertebra.cuda.session;

import io.vertebra.cuda.device.Device;
import io.vertebra.cuda.device.DeviceMemory;
import io.vertebra.cuda.device.HostMemory;
import io.vertebra.cuda.device.Step;
import io.vertebra.cuda.emit.Plan;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Counter;
import io.vertebra.graph.engine.Scalars;
import io.vertebra.graph.engine.Session;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Runs passes call by call, each between two marks of the device's clock. */
final class Profiler {
    private final Device device;
    private final OpenPlan open;
    private final Batch batch;
    private final Counter counter;
    private final double[][] passes;

    Profiler(Device device, OpenPlan open, Batch batch, Counter counter, int repetitions) {
        this.device = device;
        this.open = open;
        this.batch = batch;
        this.counter = counter;
        this.passes = new double[repetitions][open.plan().size()];
    }

    /** Evaluations. */
    List<Session.Timing> evaluation() {
        open.run(batch, Map.of()); // warms up
        for (double[] pass : passes) {
            open.plan().time(batch, counter::key, pass);
        }
        return rows();
    }

    /** Training steps of rate 0; the masters that they move are put back, bit for bit. */
    List<Session.Timing> training(CudaMasters masters, WeightUpdate update) {
        List<DeviceMemory> moved = new ArrayList<>(masters.slots());
        moved.add(masters.weights());
        if (masters.average() != null) {
            moved.add(masters.average());
        }
        long bytes = masters.gradients().bytes()
                + moved.stream().mapToLong(DeviceMemory::bytes).sum();
        List<HostMemory> kept = new ArrayList<>();
        int complete = 0;
        try {
            for (DeviceMemory memory : moved) {
                HostMemory copy = device.pin(memory.bytes(), "a copy of the state while profiling");
                kept.add(copy);
                once(device.download(memory.address(), copy, 0, memory.bytes()));
                complete++;
            }
            return measured(update, bytes);
        } finally {
            try {
                for (int i = 0; i < complete; i++) {
                    once(device.upload(
                            kept.get(i), 0, moved.get(i).address(), moved.get(i).bytes()));
                }
            } finally {
                kept.forEach(HostMemory::close);
            }
        }
    }

    private void once(Step step) {
        try (step) {
            step.run();
            device.synchronize();
        }
    }

    private List<Session.Timing> measured(WeightUpdate update, long bytes) {
        double[][] updates = new double[passes.length][1];
        for (int r = -1; r < passes.length; r++) {
            int at = Math.max(r, 0); // the first pass warms up
            open.refresh();
            open.plan().time(batch, counter::key, passes[at]);
            updates[at][0] = update.time(Scalars.of(0, 0));
        }
        List<Session.Timing> rows = rows();
        rows.add(new Session.Timing(
                "parameters", "optimizer", "update", update.implementation(), median(updates, 0), 0, bytes));
        return rows;
    }

    private List<Session.Timing> rows() {
        Plan plan = open.plan();
        List<Session.Timing> rows = new ArrayList<>();
        for (int i = 0; i < plan.size(); i++) {
            rows.add(plan.row(i, median(passes, i)));
        }
        return rows;
    }

    private static double median(double[][] times, int column) {
        double[] values =
                Arrays.stream(times).mapToDouble(t -> t[column]).sorted().toArray();
        return values[values.length / 2];
    }
}
