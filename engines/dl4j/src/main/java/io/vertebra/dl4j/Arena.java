package io.vertebra.dl4j;

import io.vertebra.graph.engine.EngineException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The arrays of one session's passes: what is given back is used again, and all of it is freed on closing, whatever
 * Java's garbage collector does. ND4J's workspaces, which belong to threads and outlive sessions, are not used.
 */
final class Arena implements AutoCloseable {
    private record Size(DataType type, long length) {}

    private final Map<Size, Deque<INDArray>> free = new HashMap<>();
    private final IdentityHashMap<INDArray, INDArray> taken = new IdentityHashMap<>();
    private long bytes;

    /** An array of this shape; its elements are whatever was there. */
    INDArray take(DataType type, long... shape) {
        long length = 1;
        for (long extent : shape) {
            length *= extent;
        }
        Deque<INDArray> pool = free.get(new Size(type, length));
        INDArray memory = pool == null || pool.isEmpty() ? allocate(type, length) : pool.pop();
        INDArray array = Views.reshape(memory, shape);
        taken.put(array, memory);
        return array;
    }

    private INDArray allocate(DataType type, long length) {
        try {
            INDArray memory = Nd4jLibrary.outsideWorkspaces(() -> Nd4j.createUninitialized(type, length));
            bytes += length * type.width();
            return memory;
        } catch (OutOfMemoryError | RuntimeException e) {
            throw new EngineException(
                    EngineException.Kind.OUT_OF_MEMORY,
                    "dl4j: no memory for " + ((length * type.width()) >> 20) + " MiB beside the " + (bytes >> 20)
                            + " MiB in use; use a smaller batch or picture",
                    e);
        }
    }

    /** Gives an array back; one that was given back before, or is not from here, is ignored. */
    void release(INDArray array) {
        INDArray memory = taken.remove(array);
        if (memory != null) {
            free.computeIfAbsent(new Size(memory.dataType(), memory.length()), size -> new ArrayDeque<>())
                    .push(memory);
        }
    }

    /** Takes everything back. */
    void reset() {
        List.copyOf(taken.keySet()).forEach(this::release);
    }

    /** Frees what is not in use: before shapes change. */
    void trim() {
        for (INDArray memory :
                new ArrayList<>(free.values()).stream().flatMap(Deque::stream).toList()) {
            bytes -= memory.length() * memory.dataType().width();
            memory.close();
        }
        free.clear();
    }

    /** Bytes held, in use or not. */
    long bytes() {
        return bytes;
    }

    /** The number of arrays in use. */
    int inUse() {
        return taken.size();
    }

    @Override
    public void close() {
        reset();
        trim();
    }
}
