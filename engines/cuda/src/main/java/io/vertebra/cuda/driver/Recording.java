package io.vertebra.cuda.driver;

import static org.bytedeco.cuda.global.cudart.cudaGetLastError;
import static org.bytedeco.cuda.global.cudart.cudaGraphDestroy;
import static org.bytedeco.cuda.global.cudart.cudaGraphExecDestroy;
import static org.bytedeco.cuda.global.cudart.cudaGraphInstantiate;
import static org.bytedeco.cuda.global.cudart.cudaGraphLaunch;
import static org.bytedeco.cuda.global.cudart.cudaStreamBeginCapture;
import static org.bytedeco.cuda.global.cudart.cudaStreamCaptureModeRelaxed;
import static org.bytedeco.cuda.global.cudart.cudaStreamEndCapture;

import io.vertebra.cuda.device.Step;
import java.util.List;
import org.bytedeco.cuda.cudart.CUgraphExec_st;
import org.bytedeco.cuda.cudart.CUgraph_st;
import org.bytedeco.cuda.cudart.CUstream_st;

/** Steps captured once and launched as one graph: what each launch costs the processor falls away. */
final class Recording extends Call {
    private static final String OPERATOR = "recorded steps";

    private final CUstream_st stream;
    private final CUgraphExec_st graph;
    private boolean closed;

    private Recording(Card card, CUstream_st stream, CUgraphExec_st graph) {
        super(card);
        this.stream = stream;
        this.graph = graph;
    }

    /** Captures the steps, without running them; the card is current. */
    static Recording of(Card card, CUstream_st stream, List<Step> steps) {
        CUgraph_st captured = new CUgraph_st();
        Status.runtime(card.alone(() -> capture(stream, steps, captured)), OPERATOR, "cudaStreamEndCapture");
        try {
            CUgraphExec_st graph = new CUgraphExec_st();
            Status.runtime(
                    card.alone(() -> cudaGraphInstantiate(graph, captured, 0)), OPERATOR, "cudaGraphInstantiate");
            return new Recording(card, stream, graph);
        } finally {
            cudaGraphDestroy(captured);
        }
    }

    /**
     * Relaxed: the libraries load code of a kernel when it is launched first, which the stricter modes may refuse. No step of
     * ours allocates or waits, from which those modes would protect; what other threads do so, {@link Card#alone} keeps off.
     */
    private static int capture(CUstream_st stream, List<Step> steps, CUgraph_st graph) {
        Status.runtime(
                cudaStreamBeginCapture(stream, cudaStreamCaptureModeRelaxed), OPERATOR, "cudaStreamBeginCapture");
        try {
            steps.forEach(Step::run);
        } catch (RuntimeException | Error e) {
            cudaStreamEndCapture(stream, graph);
            cudaGetLastError(); // the broken capture must not be found by the next call of a library
            if (!graph.isNull()) {
                cudaGraphDestroy(graph);
            }
            throw e;
        }
        return cudaStreamEndCapture(stream, graph);
    }

    @Override
    void append() {
        Status.runtime(cudaGraphLaunch(graph, stream), OPERATOR, "cudaGraphLaunch");
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            card.tryEnter();
            card.alone(() -> cudaGraphExecDestroy(graph));
        }
    }
}
