package io.vertebra.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.graph.engine.EngineException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class FrameTest {

    @BeforeAll
    static void load() {
        Nd4jLibrary.load();
    }

    @Test
    void namesTheOperatorAndTheNodeThatFailed() {
        try (Arena arena = new Arena()) {
            Frame frame = new Frame(Networks.classifier().node("fc"), DataType.FLOAT, arena, new boolean[] {true});
            assertThatThrownBy(() -> frame.run("add", arena.take(DataType.FLOAT, 2), arena.take(DataType.FLOAT, 3)))
                    .isInstanceOfSatisfying(
                            EngineException.class, e -> assertThat(e.kind()).isEqualTo(EngineException.Kind.FAILED))
                    .hasMessageStartingWith("dl4j: operator add of ND4J failed at fc (?, 5): ");
            assertThatThrownBy(() -> frame.run("no_such_operator", arena.take(DataType.FLOAT, 2)))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("no_such_operator");
            assertThat(frame.ran()).isEqualTo("add + no_such_operator");
        }
    }

    @Test
    void givesScratchBackOnce() {
        try (Arena arena = new Arena()) {
            Frame frame = new Frame(Networks.classifier().node("fc"), DataType.FLOAT, arena, new boolean[] {true});
            INDArray first = frame.scratch(3).assign(1);
            INDArray second = frame.scratch(3).assign(1);
            frame.release(first);
            assertThat(arena.inUse()).isEqualTo(1);
            assertThat(frame.scratch(3).data().address()).isEqualTo(first.data().address());
            assertThat(frame.scratch(3).data().address())
                    .isNotEqualTo(second.data().address());
        }
    }
}
