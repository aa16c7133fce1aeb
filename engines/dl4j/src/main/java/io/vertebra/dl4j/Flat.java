package io.vertebra.dl4j;

import io.vertebra.graph.Parameters;
import io.vertebra.graph.op.ParameterSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Where each parameter lies in the flat native arrays of a network, and copies between the two sides. */
final class Flat {
    /**
     * One parameter's place.
     *
     * @param spec name, shape and kind
     * @param offset of its first element
     */
    record Slice(ParameterSpec spec, long offset) {
        int length() {
            return Math.toIntExact(spec.shape().elements());
        }
    }

    private final Map<String, Slice> slices = new LinkedHashMap<>();
    private long length;

    private Flat() {}

    /** Places parameters one behind the other. */
    static Flat of(List<ParameterSpec> order) {
        Flat flat = new Flat();
        for (ParameterSpec spec : order) {
            flat.slices.put(spec.name(), new Slice(spec, flat.length));
            flat.length += spec.shape().elements();
        }
        return flat;
    }

    List<Slice> slices() {
        return new ArrayList<>(slices.values());
    }

    /** One row of zeros for all parameters, to be closed by the caller. */
    INDArray allocate(DataType type) {
        return Nd4jLibrary.outsideWorkspaces(() -> Nd4j.create(type, 1, Math.max(1, length)));
    }

    /** Each parameter of a flat array in its shape, by name. */
    Map<String, INDArray> views(INDArray flat) {
        Map<String, INDArray> views = new LinkedHashMap<>();
        slices.forEach((name, slice) -> views.put(
                name,
                Views.slice(flat, slice.offset(), Frame.extents(slice.spec().shape()))));
        return views;
    }

    void put(INDArray flat, Parameters from) {
        slices.values()
                .forEach(s -> Host.put(flat, s.offset(), from.get(s.spec().name())));
    }

    void get(INDArray flat, Parameters into) {
        slices.values()
                .forEach(s -> Host.get(flat, s.offset(), into.get(s.spec().name())));
    }

    float[] get(INDArray flat, Slice slice) {
        float[] values = new float[slice.length()];
        Host.get(flat, slice.offset(), values);
        return values;
    }
}
