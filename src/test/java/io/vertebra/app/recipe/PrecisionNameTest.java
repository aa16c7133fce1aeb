package io.vertebra.app.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.app.recipe.Recipe.PrecisionName;
import io.vertebra.graph.contract.EngineInFront;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.reference.ReferenceEngine;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PrecisionNameTest {
    private record Preferring(Engine engine, Precision preferred) implements EngineInFront {
        Preferring(Precision preferred) {
            this(new ReferenceEngine(), preferred);
        }
    }

    @ParameterizedTest
    @EnumSource(Precision.class)
    void autoIsWhatTheEnginePrefersAndIsTold(Precision preferred) {
        List<String> told = new ArrayList<>();
        Precision taken = new PrecisionName("auto").on(new Preferring(preferred), told::add);
        assertThat(taken).isEqualTo(preferred);
        assertThat(told).containsExactly("precision: auto takes " + PrecisionName.word(preferred));
    }

    @Test
    void aNamedOneIsTakenWhateverTheEnginePrefersAndNotTold() {
        List<String> told = new ArrayList<>();
        for (Precision named : Precision.values()) {
            PrecisionName name = new PrecisionName(PrecisionName.word(named));
            assertThat(name.on(new Preferring(Precision.TF32), told::add)).isEqualTo(named);
        }
        assertThat(told).isEmpty();
    }

    @Test
    void allHaveAWord() {
        assertThat(PrecisionName.names()).containsExactly("auto", "fp32", "tf32", "bf16", "fp64");
    }

    /** A batch is refused before anything is opened only if it cannot fit in whatever is taken. */
    @ParameterizedTest
    @CsvSource({"auto, 2", "bf16, 2", "fp32, 4", "tf32, 4", "fp64, 4"})
    void memoryIsCountedWithTheFewestBytes(String name, int bytes) {
        assertThat(new PrecisionName(name).leastBytes()).isEqualTo(bytes);
    }
}
