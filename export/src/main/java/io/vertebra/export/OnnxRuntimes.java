package io.vertebra.export;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.Shape;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Runs ONNX models in ONNX Runtime, where {@code com.microsoft.onnxruntime:onnxruntime} is on the class path. */
public final class OnnxRuntimes {
    /** Of the thread it runs on: on the usual 1 MiB of Java's threads its kernels end the process without a word. */
    private static final long STACK = 16L << 20;

    private OnnxRuntimes() {}

    /** Whether ONNX Runtime is there; {@link #run} needs it. */
    public static boolean isPresent() {
        try {
            Class.forName("ai.onnxruntime.OrtEnvironment", false, OnnxRuntimes.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    /**
     * All outputs of a model for these inputs, by the names in the file.
     *
     * @param model an ONNX file
     * @throws IllegalArgumentException if ONNX Runtime refuses the model or the inputs
     */
    public static Outputs run(Path model, Map<String, Tensor> inputs) {
        FutureTask<Outputs> task = new FutureTask<>(() -> runHere(model, inputs));
        Thread thread = new Thread(null, task, "vertebra-onnxruntime", STACK);
        thread.setDaemon(true);
        thread.start();
        try {
            return task.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while ONNX Runtime ran", e);
        } catch (ExecutionException e) {
            throw new IllegalArgumentException("ONNX Runtime: " + e.getCause().getMessage(), e.getCause());
        }
    }

    private static Outputs runHere(Path model, Map<String, Tensor> inputs) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        Map<String, OnnxTensor> fed = new LinkedHashMap<>();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            for (Map.Entry<String, Tensor> input : inputs.entrySet()) {
                fed.put(input.getKey(), tensor(environment, input.getValue()));
            }
            try (OrtSession session = environment.createSession(model.toString(), options);
                    OrtSession.Result result = session.run(fed)) {
                return outputs(result);
            }
        } finally {
            fed.values().forEach(OnnxTensor::close);
        }
    }

    private static OnnxTensor tensor(OrtEnvironment environment, Tensor tensor) throws OrtException {
        long[] extents = Arrays.stream(tensor.shape().toArray()).asLongStream().toArray();
        return tensor instanceof Tensor.Floats floats
                ? OnnxTensor.createTensor(environment, FloatBuffer.wrap(floats.data()), extents)
                : OnnxTensor.createTensor(environment, IntBuffer.wrap(((Tensor.Ints) tensor).data()), extents);
    }

    private static Outputs outputs(OrtSession.Result result) {
        Map<String, Tensor.Floats> outputs = new LinkedHashMap<>();
        result.forEach(entry -> {
            OnnxTensor value = (OnnxTensor) entry.getValue();
            long[] extents = value.getInfo().getShape();
            FloatBuffer buffer = value.getFloatBuffer();
            float[] data = new float[buffer.remaining()];
            buffer.get(data);
            outputs.put(
                    entry.getKey(),
                    new Tensor.Floats(
                            Shape.of(Arrays.stream(extents)
                                    .mapToInt(Math::toIntExact)
                                    .toArray()),
                            data));
        });
        return new Outputs(outputs);
    }
}
