package io.vertebra.cuda.driver;

import static org.bytedeco.cuda.global.cudart.cudaMemcpyAsync;
import static org.bytedeco.cuda.global.cudart.cudaMemsetAsync;

import org.bytedeco.cuda.cudart.CUstream_st;

/** A copy between the host and a card, or within a card. */
final class Transfer extends Call {
    private final Address to;
    private final Address from;
    private final long bytes;
    private final int direction;
    private final CUstream_st stream;

    /** @param direction one of CUDA's kinds of copies */
    Transfer(Card card, CUstream_st stream, Address to, Address from, long bytes, int direction) {
        super(card);
        this.stream = stream;
        this.to = to;
        this.from = from;
        this.bytes = bytes;
        this.direction = direction;
    }

    @Override
    void append() {
        Status.runtime(cudaMemcpyAsync(to, from, bytes, direction, stream), "copy", "cudaMemcpyAsync");
    }

    /** Zeros in a card's memory. */
    static final class Clear extends Call {
        private final Address at;
        private final long bytes;
        private final CUstream_st stream;

        /** So many from here on. */
        Clear(Card card, CUstream_st stream, Address at, long bytes) {
            super(card);
            this.stream = stream;
            this.at = at;
            this.bytes = bytes;
        }

        @Override
        void append() {
            Status.runtime(cudaMemsetAsync(at, 0, bytes, stream), "clear", "cudaMemsetAsync");
        }
    }
}
