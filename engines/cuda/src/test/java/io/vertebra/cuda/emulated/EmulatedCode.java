package io.vertebra.cuda.emulated;

import io.vertebra.cuda.device.KernelSource;
import io.vertebra.cuda.device.Prepared;
import io.vertebra.cuda.device.Step;
import io.vertebra.cuda.device.Type;
import java.util.Arrays;
import java.util.List;

/** A convolution or product on the processor, which is as careful of its tensors as a library is not, and scribbles as one may. */
final class EmulatedCode implements Prepared {
    /** As on a card, what follows a convolution or product may be a kernel; here it is done with it. */
    static final KernelSource EPILOGUE = new KernelSource("epilogue", Type.F32);

    private static final int WORKSPACE = 1000;
    private static final int ALIGNMENT = 16;

    private final Library code;
    private final Allocations memory;
    private final Ledger ledger;
    private final Runnable whenBound;
    private final String name;

    EmulatedCode(Library code, Allocations memory, Ledger ledger, Runnable whenBound) {
        this.code = code;
        this.memory = memory;
        this.ledger = ledger;
        this.whenBound = whenBound;
        this.name = ledger.open(code.name());
    }

    @Override
    public long workspace() {
        return WORKSPACE;
    }

    @Override
    public String implementation() {
        return "emulated";
    }

    @Override
    public List<KernelSource> kernels() {
        return List.of(EPILOGUE);
    }

    @Override
    public Step bind(long... addresses) {
        whenBound.run();
        return ledger.step(code.name(), () -> {
            ledger.require(name);
            run(addresses);
        });
    }

    private void run(long[] addresses) {
        int count = code.bytes().size();
        if (addresses.length != count + 1) {
            throw new IllegalArgumentException(code.name() + " takes " + count + " tensors and working memory, not "
                    + addresses.length + " addresses");
        }
        for (int i = 0; i <= count; i++) {
            long bytes = i == count ? WORKSPACE : code.bytes().get(i);
            String whose = "tensor " + i + " of " + code.name();
            memory.check(addresses[i], ALIGNMENT, whose);
            memory.bytes(addresses[i], bytes, whose);
            for (int j = count - code.results(); j < count; j++) {
                long result = addresses[j];
                boolean apart =
                        addresses[i] + bytes <= result || result + code.bytes().get(j) <= addresses[i];
                boolean inPlace = i == code.inPlace() && addresses[i] == result;
                if (i != j && !apart && !inPlace) {
                    throw new AssertionError(whose + " lies where the result goes");
                }
            }
        }
        byte[] scribble = new byte[WORKSPACE];
        Arrays.fill(scribble, (byte) 0xA5);
        memory.bytes(addresses[count], WORKSPACE, code.name()).put(scribble);
        code.run(addresses);
    }

    @Override
    public void close() {
        ledger.close(name);
    }
}
