package io.vertebra.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.graph.engine.EngineException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class ArenaTest {
    private final Arena arena = new Arena();

    @BeforeAll
    static void load() {
        Nd4jLibrary.load();
    }

    @AfterEach
    void close() {
        arena.close();
    }

    @Test
    void usesAgainWhatWasGivenBack() {
        INDArray first = arena.take(DataType.FLOAT, 2, 3);
        first.assign(7);
        arena.release(first);
        INDArray second = arena.take(DataType.FLOAT, 6);
        assertThat(second.getFloat(5)).isEqualTo(7);
        assertThat(arena.bytes()).isEqualTo(24);
    }

    @Test
    void neverHandsOutOneArrayTwice() {
        INDArray first = arena.take(DataType.FLOAT, 4);
        arena.release(first);
        arena.release(first);
        INDArray second = arena.take(DataType.FLOAT, 4).assign(1);
        INDArray third = arena.take(DataType.FLOAT, 4).assign(2);
        assertThat(second.sumNumber().doubleValue()).isEqualTo(4);
        assertThat(third.sumNumber().doubleValue()).isEqualTo(8);
    }

    @Test
    void keepsTypesApart() {
        arena.release(arena.take(DataType.FLOAT, 4));
        INDArray wide = arena.take(DataType.DOUBLE, 4);
        assertThat(wide.dataType()).isEqualTo(DataType.DOUBLE);
        assertThat(arena.bytes()).isEqualTo(16 + 32);
    }

    @Test
    void takesEverythingBackAndFreesIt() {
        INDArray array = arena.take(DataType.FLOAT, 4);
        assertThat(arena.inUse()).isEqualTo(1);
        arena.trim();
        assertThat(arena.bytes()).as("what is in use stays").isEqualTo(16);
        assertThat(array.assign(3).getFloat(0)).isEqualTo(3);
        arena.reset();
        assertThat(arena.inUse()).isZero();
        arena.trim();
        assertThat(arena.bytes()).isZero();
    }

    @Test
    void saysWhatToDoWithoutMemory() {
        arena.take(DataType.FLOAT, 1 << 20);
        assertThatThrownBy(() -> arena.take(DataType.DOUBLE, 1L << 50))
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.kind()).isEqualTo(EngineException.Kind.OUT_OF_MEMORY))
                .hasMessage("dl4j: no memory for 8589934592 MiB beside the 4 MiB in use;"
                        + " use a smaller batch or picture");
        assertThat(arena.bytes()).isEqualTo(4 << 20);
    }
}
