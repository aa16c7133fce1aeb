package io.vertebra.backbones.weights;

import io.jhdf.HdfFile;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import java.lang.invoke.MethodType;
import java.lang.reflect.Array;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The HDF5 files that Keras and Caffe write, read by jHDF within our limits: a dataset may not claim more values than its file has bytes, links are not
 * followed, and whatever the library throws at a broken file is a {@link WeightsException}.
 *
 * <p>A dataset is called by its path without the first slash.
 */
final class Hdf5 implements WeightFile {

    private static final int MOST_NODES = 200_000;
    private static final int SMALLEST_FILE = 96; // superblock 0 and the header of the root group

    private static final Map<Class<?>, DType> TYPES = Map.of(
            double.class, DType.F64,
            float.class, DType.F32,
            long.class, DType.I64,
            int.class, DType.I32,
            short.class, DType.I16,
            byte.class, DType.I8);

    private final FileBytes bytes;
    private final HdfFile hdf;
    private final Map<String, Dataset> datasets = new LinkedHashMap<>();
    private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();

    private Hdf5(FileBytes bytes, HdfFile hdf) {
        this.bytes = bytes;
        this.hdf = hdf;
    }

    static Hdf5 open(FileBytes bytes) {
        if (bytes.size() < SMALLEST_FILE) {
            throw bytes.fault("", "HDF5 file is truncated: " + bytes.size() + " bytes");
        }
        HdfFile hdf = guarded(bytes, "", () -> new HdfFile(bytes.file()));
        Hdf5 file = new Hdf5(bytes, hdf);
        try {
            guarded(bytes, "", file::walk);
        } catch (WeightsException e) {
            hdf.close();
            throw e;
        }
        if (file.tensors.isEmpty()) {
            file.notes.add("holds no tensors");
        }
        return file;
    }

    /** The one place where the library's own exceptions, and those that slip through it, become ours. */
    private static <T> T guarded(FileBytes bytes, String place, Supplier<T> call) {
        try {
            return call.get();
        } catch (WeightsException e) {
            throw e;
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            String detail = e.getMessage() == null
                    ? ""
                    : ": " + e.getMessage().lines().findFirst().orElse("");
            throw new WeightsException(
                    bytes.file(), place, "HDF5 file is damaged, truncated or of a kind that is not read" + detail, e);
        }
    }

    /** Lists all datasets, breadth first; the number of nodes is bounded, so that no loop of a broken file is followed. */
    private int walk() {
        int nodes = 0;
        ArrayDeque<Group> groups = new ArrayDeque<>(List.of(hdf));
        while (!groups.isEmpty()) {
            for (Node node : groups.remove().getChildren().values()) {
                if (++nodes > MOST_NODES) {
                    throw bytes.fault(node.getPath(), "more than " + MOST_NODES + " groups and datasets");
                }
                if (node.isLink()) {
                    notes.add("link " + WeightsException.clean(node.getPath()) + " was passed over");
                } else if (node instanceof Group group) {
                    groups.add(group);
                } else if (node instanceof Dataset dataset) {
                    add(dataset);
                }
            }
        }
        return nodes;
    }

    private void add(Dataset dataset) {
        String name = dataset.getPath().substring(1);
        // of a scalar the library names the boxed type
        DType type =
                TYPES.get(MethodType.methodType(dataset.getJavaType()).unwrap().returnType());
        if (type == null || dataset.isCompound() || dataset.isVariableLength()) {
            notes.add(
                    "dataset " + WeightsException.clean(name) + " is not of numbers that are read and was passed over");
            return;
        }
        List<Integer> shape = new ArrayList<>();
        long elements = 1;
        for (long extent : dataset.getDimensionsAsLong()) {
            // a compressed dataset would need a bound of its own; none of the writers of weights compresses
            if (extent < 0 || extent > bytes.size() || elements * Math.max(extent, 1) > bytes.size()) {
                throw bytes.fault(
                        "dataset " + name,
                        "claims the extents " + Arrays.toString(dataset.getDimensionsAsLong())
                                + ", more than the file of " + bytes.size() + " bytes can hold");
            }
            elements *= Math.max(extent, 1);
            shape.add(Math.toIntExact(extent));
        }
        datasets.put(name, dataset);
        tensors.put(name, new TensorInfo(name, type, shape));
    }

    @Override
    public Path file() {
        return bytes.file();
    }

    @Override
    public WeightFormat format() {
        return WeightFormat.HDF5;
    }

    @Override
    public Map<String, TensorInfo> tensors() {
        return Collections.unmodifiableMap(tensors);
    }

    @Override
    public Map<String, String> metadata() {
        return Map.of();
    }

    @Override
    public List<String> notes() {
        return Collections.unmodifiableList(notes);
    }

    @Override
    public float[] read(String name) {
        TensorInfo info = tensors.get(name);
        if (info == null) {
            throw new IllegalArgumentException(file() + " has no tensor " + name);
        }
        return guarded(bytes, "dataset " + name, () -> floats(datasets.get(name), Math.toIntExact(info.elements())));
    }

    private static float[] floats(Dataset dataset, int elements) {
        Object flat = dataset.isScalar() ? null : dataset.getDataFlat();
        if (flat instanceof float[] values) {
            return values;
        }
        float[] values = new float[elements];
        for (int i = 0; i < elements; i++) {
            Number value = (Number) (flat == null ? dataset.getData() : Array.get(flat, i));
            values[i] = value.floatValue();
        }
        return values;
    }

    @Override
    public void close() {
        hdf.close();
        bytes.close();
    }
}
