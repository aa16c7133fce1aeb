package io.vertebra.cuda.driver;

import static org.bytedeco.cuda.global.cudart.cudaEventCreateWithFlags;
import static org.bytedeco.cuda.global.cudart.cudaEventDestroy;
import static org.bytedeco.cuda.global.cudart.cudaEventDisableTiming;
import static org.bytedeco.cuda.global.cudart.cudaEventRecord;
import static org.bytedeco.cuda.global.cudart.cudaMemcpyHostToDevice;
import static org.bytedeco.cuda.global.cudart.cudaStreamWaitEvent;

import io.vertebra.cuda.device.HostMemory;
import io.vertebra.cuda.device.UploadQueue;
import org.bytedeco.cuda.cudart.CUevent_st;
import org.bytedeco.cuda.cudart.CUstream_st;

/**
 * A second stream beside a device's own, and two events by which they wait for each other. Nothing of it goes into a recording:
 * what names the device's stream comes under the session's lock, as recording does.
 */
final class CudaUploads implements UploadQueue {
    private static final String OPERATOR = "upload ahead";

    private final Card card;
    private final CUstream_st main;
    private final CudaStream stream;
    private final CUevent_st uploaded = new CUevent_st();
    private final CUevent_st taken = new CUevent_st();
    private boolean closed;

    private CudaUploads(Card card, CUstream_st main) {
        this.card = card;
        this.main = main;
        this.stream = new CudaStream(card, OPERATOR);
    }

    /** Beside this stream; the card is current. */
    static CudaUploads open(Card card, CUstream_st main) {
        CudaUploads queue = new CudaUploads(card, main);
        try {
            for (CUevent_st event : new CUevent_st[] {queue.uploaded, queue.taken}) {
                int made = cudaEventCreateWithFlags(event, cudaEventDisableTiming);
                Status.runtime(made, OPERATOR, "cudaEventCreateWithFlags");
            }
            return queue;
        } catch (RuntimeException | Error e) {
            queue.close(); // nobody else knows it
            throw e;
        }
    }

    @Override
    public void upload(HostMemory from, long offset, long address, long bytes) {
        Address source = CudaDevice.pinned(from).at(offset, bytes);
        new Transfer(card, stream.pointer(), new Address(address), source, bytes, cudaMemcpyHostToDevice).run();
    }

    @Override
    public void leadDevice() {
        order(stream.pointer(), uploaded, main);
    }

    @Override
    public void followDevice() {
        order(main, taken, stream.pointer());
    }

    private void order(CUstream_st first, CUevent_st event, CUstream_st second) {
        card.enter();
        Status.runtime(cudaEventRecord(event, first), OPERATOR, "cudaEventRecord");
        Status.runtime(cudaStreamWaitEvent(second, event, 0), OPERATOR, "cudaStreamWaitEvent");
    }

    @Override
    public void synchronize() {
        stream.synchronize();
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        stream.settle();
        for (CUevent_st event : new CUevent_st[] {uploaded, taken}) {
            if (!event.isNull()) {
                cudaEventDestroy(event);
            }
        }
        stream.close();
    }
}
