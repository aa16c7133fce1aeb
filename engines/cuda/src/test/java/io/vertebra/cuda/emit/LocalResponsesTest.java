package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Type;
import io.vertebra.graph.op.LocalResponseNorm;
import io.vertebra.graph.op.Shape;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Packs, whose channels have different neighbours, and single channels; windows within a pack and over several. */
class LocalResponsesTest {

    @ParameterizedTest
    @CsvSource({"1, 5", "3, 5", "8, 1", "8, 2", "8, 5", "16, 4", "24, 5", "24, 19", "24, 60", "19, 5", "19, 8", "136, 5"
    })
    void agrees(int channels, int size) {
        Shape shape = Shape.of(2, channels, 5, channels < 100 ? 47 : 7);
        for (LocalResponseNorm op :
                List.of(new LocalResponseNorm(size, 2, 0.75, 1), new LocalResponseNorm(size, 1, 0.5, 2))) {
            for (Type type : List.of(Type.F32, Type.BF16)) {
                new AgainstReference(shape, (g, x) -> g.localResponseNorm(x, op)).agrees(type);
            }
        }
    }
}
