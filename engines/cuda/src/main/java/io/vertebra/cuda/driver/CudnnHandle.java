package io.vertebra.cuda.driver;

import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_EXECUTION_PLAN_HANDLE;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_OPERATIONGRAPH_HANDLE;
import static org.bytedeco.cuda.global.cudnn.cudnnCreate;
import static org.bytedeco.cuda.global.cudnn.cudnnDestroy;
import static org.bytedeco.cuda.global.cudnn.cudnnSetStream;

import java.util.Optional;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.cudnn.cudnnContext;

/** cuDNN on a stream of the current card. */
final class CudnnHandle implements PlanTarget, AutoCloseable {
    private final Card card;
    private final cudnnContext handle = new cudnnContext();

    /** Loads cuDNN's code into the context. */
    CudnnHandle(Card card, CUstream_st stream) {
        this.card = card;
        Status.cudnn(card.alone(() -> cudnnCreate(handle)), Status.DEVICE, "cudnnCreate");
        try {
            Status.cudnn(cudnnSetStream(handle, stream), Status.DEVICE, "cudnnSetStream");
        } catch (RuntimeException | Error e) {
            close(); // nobody else knows it
            throw e;
        }
    }

    cudnnContext pointer() {
        return handle;
    }

    @Override
    public void describeGraph(Descriptor graph) {
        graph.handle(CUDNN_ATTR_OPERATIONGRAPH_HANDLE, handle);
    }

    @Override
    public void describeQuestion(Descriptor question) {
        // the graph's handle says it
    }

    @Override
    public void describePlan(Descriptor plan) {
        plan.handle(CUDNN_ATTR_EXECUTION_PLAN_HANDLE, handle);
    }

    @Override
    public String description() {
        return card.versions();
    }

    @Override
    public Optional<CodeCache> cache() {
        return card.cache();
    }

    @Override
    public void close() {
        if (!handle.isNull()) {
            card.alone(() -> cudnnDestroy(handle));
            handle.setNull();
        }
    }
}
