package io.vertebra.cuda.driver;

import static org.bytedeco.cuda.global.cudart.cudaStreamCreateWithFlags;
import static org.bytedeco.cuda.global.cudart.cudaStreamDestroy;
import static org.bytedeco.cuda.global.cudart.cudaStreamNonBlocking;
import static org.bytedeco.cuda.global.cudart.cudaStreamSynchronize;

import org.bytedeco.cuda.cudart.CUstream_st;

/** A stream of a card, which waits for no other unless told to. */
final class CudaStream implements AutoCloseable {
    private final Card card;
    private final String operator;
    private final CUstream_st stream = new CUstream_st();

    /**
     * A new one; the card is current.
     *
     * @param operator whom messages name
     */
    CudaStream(Card card, String operator) {
        this.card = card;
        this.operator = operator;
        Status.runtime(
                card.alone(() -> cudaStreamCreateWithFlags(stream, cudaStreamNonBlocking)),
                operator,
                "cudaStreamCreateWithFlags");
    }

    CUstream_st pointer() {
        return stream;
    }

    /** Waits until it is empty. */
    void synchronize() {
        card.enter();
        Status.runtime(cudaStreamSynchronize(stream), operator, "cudaStreamSynchronize");
    }

    /** The same before something is freed: a fault that lasts was reported by the call that met it first. */
    void settle() {
        card.tryEnter();
        cudaStreamSynchronize(stream);
    }

    /** Frees it, after {@link #settle}. */
    @Override
    public void close() {
        card.alone(() -> cudaStreamDestroy(stream));
    }
}
