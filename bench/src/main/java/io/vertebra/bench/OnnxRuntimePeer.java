package io.vertebra.bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.vertebra.graph.engine.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/** ONNX Runtime, fp32, all optimisations, as its Java users call it. */
final class OnnxRuntimePeer implements Contestant {
    private final OrtSession session;
    private final OnnxTensor input;

    OnnxRuntimePeer(Path model, Tensor.Floats images, int threads) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(threads);
            options.setInterOpNumThreads(1);
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
            session = environment.createSession(model.toString(), options);
        }
        float[] data = images.data();
        FloatBuffer pixels = ByteBuffer.allocateDirect(data.length * Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        pixels.put(data).rewind();
        input = OnnxTensor.createTensor(
                environment,
                pixels,
                Arrays.stream(images.shape().toArray()).asLongStream().toArray());
    }

    @Override
    public String name() {
        return "onnxruntime fp32";
    }

    @Override
    public void run() throws OrtException {
        try (OrtSession.Result result = session.run(Map.of("x", input))) {
            if (result.size() == 0) {
                throw new IllegalStateException("onnxruntime gave no output");
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
