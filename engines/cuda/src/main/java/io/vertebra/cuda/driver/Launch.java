package io.vertebra.cuda.driver;

import static org.bytedeco.cuda.global.cudart.cuLaunchKernel;

import io.vertebra.cuda.device.Grid;
import java.util.List;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/** A kernel with its arguments, which lie in one block that the driver reads at each launch. */
final class Launch extends Call {
    private static final int SLOT = 8;
    private static final PointerPointer<Pointer> NONE = null;

    private final Kernels.Kernel kernel;
    private final Grid grid;
    private final CUstream_st stream;
    private final BytePointer values;
    private final PointerPointer<BytePointer> places;

    /** Checks the arguments against what was compiled. */
    Launch(Card card, CUstream_st stream, Kernels.Kernel kernel, Grid grid, List<? extends Number> arguments) {
        super(card);
        check(kernel, grid, arguments);
        this.kernel = kernel;
        this.grid = grid;
        this.stream = stream;
        int slots = Math.max(1, arguments.size());
        this.values = new BytePointer((long) SLOT * slots);
        this.places = new PointerPointer<>(slots);
        for (int i = 0; i < arguments.size(); i++) {
            put((long) SLOT * i, arguments.get(i));
            places.put(i, new Address(values.address() + (long) SLOT * i));
        }
    }

    /** Refuses what the driver would refuse only when it runs, or not at all. */
    static void check(Kernels.Kernel kernel, Grid grid, List<? extends Number> arguments) {
        List<Integer> given = arguments.stream().map(Launch::bytes).toList();
        if (!given.equals(kernel.parameterBytes())) {
            throw new IllegalArgumentException(
                    kernel.name() + " takes parameters of " + kernel.parameterBytes() + " bytes, got " + given);
        }
        if (grid.threads() > kernel.mostThreads()) {
            throw new IllegalArgumentException(kernel.name() + " runs in blocks of at most " + kernel.mostThreads()
                    + " threads on this card, not of " + grid.threads());
        }
    }

    /** Of an argument, as a kernel declares it. */
    static int bytes(Number argument) {
        if (argument instanceof Long) {
            return Long.BYTES;
        }
        if (argument instanceof Integer || argument instanceof Float) {
            return Integer.BYTES;
        }
        throw new IllegalArgumentException("kernels take Long, Integer and Float, not " + argument.getClass());
    }

    private void put(long at, Number argument) {
        if (argument instanceof Long) {
            values.putLong(at, argument.longValue());
        } else if (argument instanceof Integer) {
            values.putInt(at, argument.intValue());
        } else {
            values.putFloat(at, argument.floatValue());
        }
    }

    @Override
    void append() {
        int status = cuLaunchKernel(
                kernel.function(), grid.x(), grid.y(), grid.z(), grid.threads(), 1, 1, 0, stream, places, NONE);
        Status.driver(status, kernel.name(), "cuLaunchKernel");
    }

    @Override
    public void close() {
        places.close();
        values.close();
    }
}
