package io.vertebra.cuda.driver;

import static org.bytedeco.cuda.global.cudart.cudaEventCreate;
import static org.bytedeco.cuda.global.cudart.cudaEventDestroy;
import static org.bytedeco.cuda.global.cudart.cudaEventElapsedTime;
import static org.bytedeco.cuda.global.cudart.cudaEventRecord;
import static org.bytedeco.cuda.global.cudart.cudaStreamSynchronize;

import io.vertebra.cuda.device.Step;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.cuda.cudart.CUevent_st;
import org.bytedeco.cuda.cudart.CUstream_st;

/** Times steps by events between them. */
final class Stopwatch {
    private static final String OPERATOR = "timing";

    private Stopwatch() {}

    /** Appends all, waits once, then reads; the card is current. */
    static void time(CUstream_st stream, List<Step> steps, double[] milliseconds) {
        List<CUevent_st> events = new ArrayList<>();
        try {
            mark(stream, events);
            for (Step step : steps) {
                step.run();
                mark(stream, events);
            }
            Status.runtime(cudaStreamSynchronize(stream), OPERATOR, "cudaStreamSynchronize");
            float[] elapsed = new float[1];
            for (int i = 0; i < steps.size(); i++) {
                int status = cudaEventElapsedTime(elapsed, events.get(i), events.get(i + 1));
                Status.runtime(status, OPERATOR, "cudaEventElapsedTime");
                milliseconds[i] = elapsed[0];
            }
        } finally {
            events.forEach(e -> cudaEventDestroy(e));
        }
    }

    private static void mark(CUstream_st stream, List<CUevent_st> events) {
        CUevent_st event = new CUevent_st();
        Status.runtime(cudaEventCreate(event), OPERATOR, "cudaEventCreate");
        events.add(event);
        Status.runtime(cudaEventRecord(event, stream), OPERATOR, "cudaEventRecord");
    }
}
