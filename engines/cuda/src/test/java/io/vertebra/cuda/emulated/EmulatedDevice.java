package io.vertebra.cuda.emulated;

import io.vertebra.cuda.device.ConvolutionSpec;
import io.vertebra.cuda.device.Device;
import io.vertebra.cuda.device.DeviceMemory;
import io.vertebra.cuda.device.Grid;
import io.vertebra.cuda.device.HostMemory;
import io.vertebra.cuda.device.KernelSource;
import io.vertebra.cuda.device.Prepared;
import io.vertebra.cuda.device.ProductSpec;
import io.vertebra.cuda.device.Step;
import io.vertebra.cuda.device.UploadQueue;
import io.vertebra.graph.engine.EngineException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A device on the processor. A step runs at once, and everything that a card would not forgive is an error: writing beyond
 * memory, addresses that are free, arguments of the wrong type, barriers that some threads do not reach, leaks.
 */
public final class EmulatedDevice implements Device {
    /** As of a card that has everything. */
    public static final int CAPABILITY = 90;

    private static final long DEFAULT_CAPACITY = 1L << 32;

    private final Allocations memory;
    private final KernelTable kernels;
    private final Ledger ledger = new Ledger();
    private final List<EmulatedUploads> uploads = new CopyOnWriteArrayList<>();
    private final Set<KernelSource> prepared = ConcurrentHashMap.newKeySet();
    private final Map<String, Integer> launches = new ConcurrentHashMap<>();
    private boolean refusesGaps;
    private final Set<KernelSource> unprepared = ConcurrentHashMap.newKeySet();
    private int asked;
    private int refused = -1;
    private volatile boolean areUploadsBroken;
    private boolean isBroken;

    /** With memory enough; the test is skipped where the emulator cannot be compiled. */
    public EmulatedDevice() {
        this(DEFAULT_CAPACITY);
    }

    /** With so many bytes of memory. */
    public EmulatedDevice(long capacity) {
        EmulatorBuild.require();
        memory = new Allocations(capacity);
        kernels = KernelTable.loaded();
    }

    /** Refuses memory once, after so many pieces of it on the device and of the host have been given from now on. */
    public void refuseAfter(int given) {
        asked = 0;
        refused = given;
    }

    /** Lets queues of uploads fail from now on, as on a card that has broken down; or no longer. */
    public void breakUploads(boolean broken) {
        areUploadsBroken = broken;
    }

    /** Is as a card on which a kernel has failed: each wait tells it, from now on. */
    public void breakDown() {
        isBroken = true;
    }

    boolean areUploadsBroken() {
        return areUploadsBroken;
    }

    /** Whether it has refused memory since it was told to. */
    public boolean hasRefused() {
        return refused >= 0 && asked > refused;
    }

    private synchronized void ask(String what) {
        if (asked++ == refused) {
            throw new EngineException(EngineException.Kind.OUT_OF_MEMORY, "emulated: no memory for " + what);
        }
    }

    /** Looks for writes beyond the ends of all memory. */
    public void check() {
        memory.check();
    }

    @Override
    public String description() {
        return "emulated on the processor";
    }

    @Override
    public int processors() {
        return 4;
    }

    @Override
    public long free() {
        return memory.free();
    }

    @Override
    public DeviceMemory allocate(long bytes, String what) {
        ask(what);
        return memory.allocate(bytes, what);
    }

    @Override
    public HostMemory pin(long bytes, String what) {
        ask(what);
        String name = ledger.open("host memory for " + what);
        ByteBuffer buffer = ByteBuffer.allocateDirect(Math.toIntExact(bytes)).order(ByteOrder.nativeOrder());
        return new HostMemory() {
            @Override
            public ByteBuffer bytes() {
                ledger.require(name);
                return buffer;
            }

            @Override
            public void close() {
                ledger.close(name);
            }
        };
    }

    @Override
    public Step upload(HostMemory from, long offset, long address, long bytes) {
        return ledger.step("upload", () -> bring(from, offset, address, bytes));
    }

    void bring(HostMemory from, long offset, long address, long bytes) {
        ByteBuffer source = from.bytes().duplicate().clear();
        memory.bytes(address, bytes, "upload").put(source.slice(Math.toIntExact(offset), Math.toIntExact(bytes)));
    }

    @Override
    public void copy(long from, long to, long bytes) {
        uploads.forEach(queue -> queue.readByDevice(from, bytes));
        memory.bytes(to, bytes, "copy").put(memory.bytes(from, bytes, "copy"));
    }

    @Override
    public UploadQueue uploads() {
        String name = ledger.open("a queue of uploads");
        EmulatedUploads queue = new EmulatedUploads(this, () -> ledger.close(name));
        uploads.add(queue);
        return queue;
    }

    @Override
    public Step download(long address, HostMemory to, long offset, long bytes) {
        return ledger.step("download", () -> {
            ByteBuffer target = to.bytes().duplicate().clear();
            target.slice(Math.toIntExact(offset), Math.toIntExact(bytes)).put(memory.bytes(address, bytes, "download"));
        });
    }

    @Override
    public Step clear(long address, long bytes) {
        return ledger.step("clear", () -> {
            ByteBuffer buffer = memory.bytes(address, bytes, "clear");
            buffer.put(new byte[buffer.remaining()]);
        });
    }

    /** How many launches of this function were made. */
    public int launches(String function) {
        return launches.getOrDefault(function, 0);
    }

    /** Has no code for convolutions that leave gaps between cells, from now on. */
    public void refuseGaps() {
        refusesGaps = true;
    }

    /** Files of kernels that were launched, or that what was bound runs, without having been prepared. */
    public Set<KernelSource> unprepared() {
        return unprepared;
    }

    @Override
    public void prepare(Collection<KernelSource> sources) {
        prepared.addAll(sources);
    }

    private void requirePrepared(KernelSource source) {
        if (!prepared.contains(source)) {
            unprepared.add(source);
        }
    }

    @Override
    public Step launch(KernelSource source, String function, Grid grid, List<? extends Number> arguments) {
        KernelTable.Entry kernel = kernels.find(source, function);
        launches.merge(function, 1, Integer::sum);
        requirePrepared(source);
        long[] slots = kernel.pack(arguments);
        return ledger.step(kernel.name(), () -> {
            for (int i = 0; i < slots.length; i++) {
                if (kernel.element(i) > 0 && slots[i] != 0) {
                    memory.check(slots[i], kernel.element(i), "argument " + i + " of " + kernel.name());
                }
            }
            String failure = Emulator.launch(kernel.index(), grid.x(), grid.y(), grid.z(), grid.threads(), slots);
            if (failure != null) {
                throw new EngineException(EngineException.Kind.FAILED, "emulated: " + failure);
            }
        });
    }

    @Override
    public Prepared convolution(ConvolutionSpec spec) {
        if (refusesGaps && spec.leavesGaps()) {
            throw new EngineException(EngineException.Kind.UNSUPPORTED, "emulated: no gaps");
        }
        return prepared(Library.of(spec));
    }

    @Override
    public Prepared product(ProductSpec spec) {
        return prepared(Library.of(spec));
    }

    private Prepared prepared(Library code) {
        return new EmulatedCode(code, memory, ledger, () -> requirePrepared(EmulatedCode.EPILOGUE));
    }

    @Override
    public Step record(List<Step> steps) {
        List<Step> copy = List.copyOf(steps);
        return ledger.step("record", () -> copy.forEach(Step::run));
    }

    @Override
    public void synchronize() {
        if (isBroken) {
            throw new EngineException(EngineException.Kind.FAILED, "emulated: an illegal address");
        }
        memory.check();
    }

    @Override
    public void time(List<Step> steps, double[] milliseconds) {
        for (int i = 0; i < steps.size(); i++) {
            long start = System.nanoTime();
            steps.get(i).run();
            milliseconds[i] = (System.nanoTime() - start) * 1e-6;
        }
    }

    /** Everything must have been closed before. */
    @Override
    public void close() {
        memory.check();
        List<String> left = new ArrayList<>(memory.live());
        left.addAll(ledger.left());
        if (!left.isEmpty()) {
            throw new AssertionError("not closed before the device: " + left);
        }
    }
}
