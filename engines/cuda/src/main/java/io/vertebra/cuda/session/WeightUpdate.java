package io.vertebra.cuda.session;

import io.vertebra.cuda.device.Device;
import io.vertebra.cuda.device.DeviceMemory;
import io.vertebra.cuda.device.Resource;
import io.vertebra.cuda.device.Step;
import io.vertebra.graph.engine.Scalars;
import io.vertebra.graph.engine.Update;
import java.util.Arrays;
import java.util.List;

/**
 * What follows the backward pass of a step: gradients are added up over micro-batches, or the weights move. Owns the sums,
 * for which there is memory once there is a second micro-batch. Confined to the session's lock.
 */
final class WeightUpdate implements Resource {
    /** No arena is longer. */
    private static final long LONGEST = 1L << 50;

    private final Device device;
    private final Update update;
    private final CudaMasters masters;
    private Updater updater;
    private DeviceMemory sums;

    WeightUpdate(Device device, Update update, CudaMasters masters) {
        this.device = device;
        this.update = update;
        this.masters = masters;
        this.updater = updater(0);
    }

    private Updater updater(long sumsAt) {
        Updater.Arenas arenas = new Updater.Arenas(
                masters.weights().address(),
                masters.layout().bytes(),
                masters.gradients().address(),
                masters.slots().stream().map(DeviceMemory::address).toList(),
                masters.average() == null ? 0 : masters.average().address(),
                sumsAt);
        return new Updater(device, update, masters.layout().segments(LONGEST), arenas);
    }

    /** Makes room for sums where such a step needs them. */
    void prepare(Scalars scalars) {
        if (sums == null && !scalars.isSingle()) {
            makeSums();
        }
    }

    /**
     * Takes the gradients of one micro-batch, and applies their mean if the scalars say so; waits for nothing. {@link
     * #prepare} came before.
     */
    void step(Scalars scalars) {
        updater.set(scalars);
        if (scalars.isSingle()) {
            run(updater.applyGradients());
            return;
        }
        run(updater.accumulate());
        if (scalars.apply()) {
            run(updater.applySums());
        }
    }

    private void makeSums() {
        DeviceMemory made = device.allocate(masters.gradients().bytes(), "the sum of gradients over micro-batches");
        try {
            masters.clear(made);
            Updater adding = updater(made.address());
            updater.close();
            updater = adding;
            sums = made;
        } catch (RuntimeException | Error e) {
            made.close(); // the updater without sums stays
            throw e;
        }
    }

    private static void run(List<Step> steps) {
        for (int i = 0; i < steps.size(); i++) { // without an iterator, which would be garbage in each step
            steps.get(i).run();
        }
    }

    /** Applies the gradients and gives the milliseconds that it took on the device. */
    double time(Scalars scalars) {
        updater.set(scalars);
        double[] milliseconds = new double[updater.applyGradients().size()];
        device.time(updater.applyGradients(), milliseconds);
        return Arrays.stream(milliseconds).sum();
    }

    /** The name of the code. */
    String implementation() {
        return updater.implementation();
    }

    /** Bytes held beside the masters. */
    long bytes() {
        return sums == null ? 0 : sums.bytes();
    }

    @Override
    public void close() {
        updater.close();
        if (sums != null) {
            sums.close();
        }
    }
}
