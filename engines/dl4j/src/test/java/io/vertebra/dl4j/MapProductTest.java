package io.vertebra.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class MapProductTest {

    @BeforeAll
    static void load() {
        Nd4jLibrary.load();
    }

    @Test
    void multipliesFromBothSidesAndBack() {
        for (long[] made : new long[][] {{5, 7}, {2, 3}, {1, 9}, {6, 1}}) {
            try (Arena arena = new Arena()) {
                Frame frame = new Frame(Networks.classifier().node("fc"), DataType.DOUBLE, arena, new boolean[] {true});
                INDArray rows = arange(made[0], 3).subi(4);
                INDArray columns = arange(made[1], 4).muli(0.5);
                MapProduct product = new MapProduct(frame, rows, columns);

                INDArray maps = arange(2, 3, 4);
                INDArray there = arena.take(DataType.DOUBLE, 2, made[0], made[1]);
                product.forward(maps, there);
                INDArray gradient = arange(2, made[0], made[1]).subi(9);
                INDArray back = arena.take(DataType.DOUBLE, 2, 3, 4);
                product.backward(gradient, back);

                for (int m = 0; m < 2; m++) {
                    INDArray map = maps.tensorAlongDimension(m, 1, 2);
                    assertThat(there.tensorAlongDimension(m, 1, 2))
                            .isEqualTo(rows.mmul(map).mmul(columns.transpose()));
                    INDArray of = gradient.tensorAlongDimension(m, 1, 2);
                    assertThat(back.tensorAlongDimension(m, 1, 2))
                            .isEqualTo(rows.transpose().mmul(of).mmul(columns));
                }
                assertThat(arena.inUse()).as("scratch went back").isEqualTo(2);
            }
        }
    }

    private static INDArray arange(long... shape) {
        long length = 1;
        for (long extent : shape) {
            length *= extent;
        }
        return Nd4j.arange((double) length).castTo(DataType.DOUBLE).reshape(shape);
    }

    @Test
    void beginsWhereLessIsLeftToDo() {
        // the map turned, its product, and that turned back: none has more than 4 x 40 elements
        assertThat(scratchBytes(4, 4, 40, 40)).isEqualTo((4 * 4 + 4 * 40 + 4 * 40) * Double.BYTES);
        assertThat(scratchBytes(40, 40, 4, 4)).isEqualTo((4 * 40 + 4 * 40 + 4 * 4) * Double.BYTES);
    }

    /** Bytes of all scratch arrays. */
    private static long scratchBytes(long height, long width, long toHeight, long toWidth) {
        try (Arena arena = new Arena()) {
            Frame frame = new Frame(Networks.classifier().node("fc"), DataType.DOUBLE, arena, new boolean[] {true});
            INDArray from = Nd4j.ones(DataType.DOUBLE, 1, height, width);
            INDArray to = Nd4j.ones(DataType.DOUBLE, 1, toHeight, toWidth);
            INDArray rows = Nd4j.ones(DataType.DOUBLE, toHeight, height);
            INDArray columns = Nd4j.ones(DataType.DOUBLE, toWidth, width);
            new MapProduct(frame, rows, columns).forward(from, to);
            return arena.bytes();
        }
    }
}
