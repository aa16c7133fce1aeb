package io.vertebra.dl4j.network;

import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/** Maps read as rows of numbers, cell by cell: (N, A·K, H, W) → (N, H·W·A, K). */
public final class RowsLayer extends FixedLayer {
    private static final long serialVersionUID = 1L;

    @JsonProperty
    private int columns;

    private RowsLayer() {}

    RowsLayer(int columns) {
        this.columns = columns;
    }

    @Override
    public SDVariable defineLayer(SameDiff graph, SDVariable x) {
        long[] shape = x.getShape();
        long rows = shape[1] / columns * shape[2] * shape[3];
        return x.permute(0, 2, 3, 1).reshape(-1, rows, columns);
    }
}
