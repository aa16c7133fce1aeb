package io.vertebra.bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;

/** ONNX Runtime, fp32, all optimisations, as its Java users call it. */
final class OnnxRuntimePeer implements Contestant {
    private final OrtSession session;
    private final OnnxTensor input;

    OnnxRuntimePeer(Path model, int batch, int size, int threads) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(threads);
            options.setInterOpNumThreads(1);
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
            session = environment.createSession(model.toString(), options);
        }
        int elements = batch * 3 * size * size;
        FloatBuffer pixels = ByteBuffer.allocateDirect(elements * Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        pixels.put(Pixels.of(elements)).rewind();
        input = OnnxTensor.createTensor(environment, pixels, new long[] {batch, 3, size, size});
    }

    @Override
    public String name() {
        return "onnxruntime fp32";
    }

    @Override
    public void run() throws OrtException {
        try (OrtSession.Result result = session.run(Map.of("x", input))) {
            if (result.size() != 1) {
                throw new IllegalStateException("onnxruntime gave " + result.size() + " outputs");
            }
        }
    }

    @Override
    public void close() {
        try {
            input.close();
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }
}
