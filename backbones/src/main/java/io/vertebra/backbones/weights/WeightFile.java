package io.vertebra.backbones.weights;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * An open weight file: names, types and shapes at once, values when they are asked for.
 *
 * <p>The file stays open until {@link #close()}; use try-with-resources. One thread at a time. Faults are {@link WeightsException}s, failures of the
 * disk {@link java.io.UncheckedIOException}s.
 */
public interface WeightFile extends AutoCloseable {

    /**
     * Opens a file, whatever its extension: safetensors, PyTorch (zip or the format before 1.6) or HDF5, as its first bytes say.
     *
     * @throws WeightsException if it is none of them (the message says what it looks like) or breaks the rules of its format
     */
    static WeightFile open(Path file) {
        FileBytes bytes = FileBytes.open(file);
        try {
            return switch (WeightFormat.of(bytes)) {
                case SAFETENSORS -> Safetensors.open(bytes);
                case PYTORCH_ZIP -> PyTorch.openZip(bytes);
                case PYTORCH_LEGACY -> PyTorch.openLegacy(bytes);
                case HDF5 -> Hdf5.open(bytes);
            };
        } catch (RuntimeException | Error e) {
            bytes.close(); // nobody else knows it yet
            throw e;
        }
    }

    /** Where the file lies, as it was named by the caller. */
    Path file();

    /** Which format the file has. */
    WeightFormat format();

    /** The tensors by name, in the order of the file. */
    Map<String, TensorInfo> tensors();

    /** What the file says of itself in words; for PyTorch the scalars beside the state dict. */
    Map<String, String> metadata();

    /** What a user may want to know: entries passed over, an empty file. Without the file's name. */
    List<String> notes();

    /**
     * Reads one tensor as fp32 in C order (last index fastest).
     *
     * @throws IllegalArgumentException if there is no such tensor
     */
    float[] read(String name);

    /** Closes the file; again is harmless. */
    @Override
    void close();
}
