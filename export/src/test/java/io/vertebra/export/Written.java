package io.vertebra.export;

import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Tensor;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A model in a file that is gone when the test is. */
record Written(Path path) implements AutoCloseable {

    static Written of(OnnxModel model) {
        try {
            Path path = Files.createTempFile("vertebra", ".onnx");
            try (OutputStream stream = Files.newOutputStream(path)) {
                model.writeTo(stream);
            }
            return new Written(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What ONNX Runtime makes of it. */
    static Outputs run(OnnxModel model, Map<String, Tensor> inputs) {
        try (Written written = of(model)) {
            return OnnxRuntimes.run(written.path(), inputs);
        }
    }

    @Override
    public void close() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
