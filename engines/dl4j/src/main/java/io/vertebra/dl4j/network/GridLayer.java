package io.vertebra.dl4j.network;

import org.deeplearning4j.nn.conf.inputs.InputType;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/** Maps on another grid, of which each row and each column is a sum of old ones: pooling and resizing. */
public final class GridLayer extends FixedLayer {
    private static final long serialVersionUID = 1L;

    /** (h, H): a row for each that is made. */
    @JsonProperty
    private double[][] rows;

    /** (w, W). */
    @JsonProperty
    private double[][] columns;

    private GridLayer() {}

    GridLayer(double[][] rows, double[][] columns) {
        this.rows = rows;
        this.columns = columns;
    }

    @Override
    public SDVariable defineLayer(SameDiff graph, SDVariable x) {
        long channels = x.getShape()[1];
        SDVariable across = product(graph, x, columns).reshape(-1, channels, rows[0].length, columns.length);
        SDVariable turned = across.permute(0, 1, 3, 2);
        SDVariable along = product(graph, turned, rows).reshape(-1, channels, columns.length, rows.length);
        return along.permute(0, 1, 3, 2);
    }

    /** Each run of cells along the last axis as a row, times the matrix. */
    private static SDVariable product(SameDiff graph, SDVariable x, double[][] matrix) {
        SDVariable transposed = graph.constant(
                Nd4j.createFromArray(matrix).castTo(DataType.FLOAT).transpose().dup('c'));
        return x.reshape(-1, matrix[0].length).mmul(transposed);
    }

    @Override
    public InputType getOutputType(int layer, InputType input) {
        InputType.InputTypeConvolutional map = (InputType.InputTypeConvolutional) input;
        return InputType.convolutional(rows.length, columns.length, map.getChannels());
    }
}
