package io.vertebra.cuda.driver;

import io.vertebra.cuda.device.ConvolutionSpec;
import io.vertebra.cuda.device.DeviceMemory;
import io.vertebra.cuda.device.Step;
import io.vertebra.cuda.device.Type;
import io.vertebra.graph.engine.EngineException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The plans of a device: one for all convolutions that differ by name only. Owns them. */
final class ConvolutionPlans implements AutoCloseable {
    private static final long WORKSPACE_LIMIT = 1L << 30;
    private static final int CANDIDATES = 8;
    private static final int RUNS = 3;

    private final CudaDevice device;
    private final boolean timed;
    private final Map<ConvolutionSpec, ConvolutionPlan> plans = new HashMap<>();

    /** @param timed whether candidates are run */
    ConvolutionPlans(CudaDevice device, boolean timed) {
        this.device = device;
        this.timed = timed;
    }

    /** The plan for a specification; the card is current. */
    ConvolutionPlan plan(ConvolutionSpec spec) {
        ConvolutionSpec key = nameless(spec);
        ConvolutionPlan known = plans.get(key);
        if (known == null) {
            known = timed ? fastest(spec, key) : only(find(spec, 1));
            plans.put(key, known);
        }
        return known;
    }

    static ConvolutionSpec nameless(ConvolutionSpec s) {
        return new ConvolutionSpec(
                "",
                s.pass(),
                s.in(),
                s.out(),
                s.math(),
                s.n(),
                s.c(),
                s.h(),
                s.w(),
                s.k(),
                s.r(),
                s.s(),
                s.outH(),
                s.outW(),
                s.geometry(),
                s.epilogue(),
                s.pitch());
    }

    private List<ConvolutionPlan> find(ConvolutionSpec spec, int most) {
        return PlanFinder.find(spec, device.cudnn(), limit(), most);
    }

    private long limit() {
        return Math.min(WORKSPACE_LIMIT, device.card().free() / 2);
    }

    private static ConvolutionPlan only(List<ConvolutionPlan> plans) {
        return plans.get(0);
    }

    private ConvolutionPlan fastest(ConvolutionSpec spec, ConvolutionSpec key) {
        PlanChoice choice = device.card().choices().get(key);
        if (choice != null) {
            List<ConvolutionPlan> again = PlanFinder.again(spec, device.cudnn(), limit(), choice);
            if (!again.isEmpty()) {
                return only(again);
            }
        }
        List<ConvolutionPlan> candidates = new ArrayList<>(find(spec, CANDIDATES));
        ConvolutionPlan best;
        try {
            best = candidates.size() == 1 ? candidates.get(0) : race(spec, candidates);
            candidates.remove(best);
        } finally {
            candidates.forEach(ConvolutionPlan::close);
        }
        device.card().choices().put(key, best.choice());
        return best;
    }

    /** The one with the shortest run on zeros; the first where there is no memory to run any, or none of them runs. */
    private ConvolutionPlan race(ConvolutionSpec spec, List<ConvolutionPlan> candidates) {
        ConvolutionPlan best = candidates.get(0);
        double shortest = Double.POSITIVE_INFINITY;
        for (ConvolutionPlan candidate : candidates) {
            double time = milliseconds(spec, candidate);
            if (time < shortest) {
                shortest = time;
                best = candidate;
            }
        }
        return best;
    }

    private double milliseconds(ConvolutionSpec spec, ConvolutionPlan plan) {
        List<DeviceMemory> memory = new ArrayList<>();
        CudnnConvolution convolution = new CudnnConvolution(device, spec, plan);
        try {
            long[] addresses = addresses(spec, convolution, memory);
            try (Step step = convolution.bind(addresses)) {
                double[] times = new double[1 + RUNS];
                device.time(java.util.Collections.nCopies(times.length, step), times);
                return java.util.Arrays.stream(times).skip(1).min().orElseThrow(); // the first loads code
            }
        } catch (EngineException e) { // no memory, or an engine that promised too much
            return Double.POSITIVE_INFINITY;
        } finally {
            memory.forEach(DeviceMemory::close);
        }
    }

    private long[] addresses(ConvolutionSpec spec, CudnnConvolution convolution, List<DeviceMemory> memory) {
        for (long bytes : sizes(spec)) {
            memory.add(zeros(bytes));
        }
        memory.add(zeros(Math.max(1, convolution.workspace())));
        return memory.stream().mapToLong(DeviceMemory::address).toArray();
    }

    /** Bytes of the tensors in the order of {@code bind}. */
    static List<Long> sizes(ConvolutionSpec spec) {
        long x = Tensor.x(spec, 0).bytes();
        long w = Tensor.w(spec, 0, spec.in()).bytes();
        long y = Tensor.y(spec, 0, spec.in(), false).bytes();
        List<Long> sizes = new ArrayList<>();
        switch (spec.pass()) {
            case FORWARD -> {
                sizes.addAll(List.of(x, w));
                if (spec.epilogue().bias()) {
                    sizes.add((long) spec.k() * Type.F32.bytes());
                }
                if (spec.epilogue().addend()) {
                    sizes.add(y);
                }
                if (spec.epilogue().keepsArgument()) {
                    sizes.add(y);
                }
                sizes.add(y / spec.k() * spec.pitch());
            }
            case DATA -> sizes.addAll(List.of(y, w, x));
            case WEIGHTS ->
                sizes.addAll(List.of(x, y, Tensor.w(spec, 0, spec.out()).bytes()));
        }
        return sizes;
    }

    private DeviceMemory zeros(long bytes) {
        DeviceMemory memory = device.allocate(bytes, "timing of a convolution");
        try (Step clear = device.clear(memory.address(), bytes)) {
            clear.run();
            return memory;
        } catch (RuntimeException | Error e) {
            memory.close(); // nobody else knows it
            throw e;
        }
    }

    @Override
    public void close() {
        plans.values().forEach(ConvolutionPlan::close);
        plans.clear();
    }
}
