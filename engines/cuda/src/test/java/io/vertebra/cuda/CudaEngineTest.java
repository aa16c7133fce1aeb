package io.vertebra.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.EngineException;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Precision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is refused before anything is opened on a card. */
class CudaEngineTest {
    /** The engine on a card of a capability, of which nothing may be asked. */
    private static CudaEngine on(int capability) {
        return new CudaEngine(
                () -> {
                    throw new AssertionError("a device was opened");
                },
                "described",
                capability);
    }

    private static void open(int capability, Precision precision) {
        GraphBuilder g = new GraphBuilder();
        g.output("y", g.relu(g.image(3, 4, 4)));
        Graph graph = g.build();
        on(capability).open(graph, Parameters.zeros(graph), Options.inference(precision));
    }

    @ParameterizedTest
    @CsvSource({
        "75, BF16, 'cuda: precision bf16 is not served; cuDNN computes it on cards of capability 8.0 and newer, this one has 7.5; use precision fp32 or tf32'",
        "75, FP64, 'cuda: precision fp64 is not served; use precision fp32 or tf32, or engine dl4j for fp64'",
        "80, FP64, 'cuda: precision fp64 is not served; use precision fp32, tf32 or bf16, or engine dl4j for fp64'"
    })
    void refusesWhatNoEngineOfCudnnComputes(int capability, Precision precision, String message) {
        assertThatThrownBy(() -> open(capability, precision))
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.kind()).isEqualTo(EngineException.Kind.UNSUPPORTED))
                .hasMessage(message);
    }

    @Test
    void saysWhichPrecisionsACardServes() {
        assertThat(on(75).precisions()).containsExactlyInAnyOrder(Precision.FP32, Precision.TF32);
        assertThat(on(75).preferred()).isEqualTo(Precision.FP32);
        assertThat(on(80).preferred()).isEqualTo(Precision.BF16);
        for (int capability : new int[] {80, 86, 89, 90, 120}) {
            assertThat(on(capability).precisions())
                    .containsExactlyInAnyOrder(Precision.FP32, Precision.TF32, Precision.BF16);
            assertThatThrownBy(() -> open(capability, Precision.BF16)).hasMessage("a device was opened");
        }
    }
}
