package io.vertebra.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.EngineException;
import io.vertebra.graph.engine.EngineProvider;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.TrainingState;
import io.vertebra.graph.reference.ReferenceEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnginesTest {
    /** An engine under another name, or one that cannot be loaded. */
    private record Provider(String name, boolean works) implements EngineProvider {
        @Override
        public Engine create() {
            if (!works) {
                throw new EngineException(EngineException.Kind.UNAVAILABLE, "needs another machine");
            }
            return new ReferenceEngine();
        }
    }

    private static Engines engines(boolean onednn, boolean dl4j) {
        return new Engines(
                List.of(new Provider("other", true), new Provider("dl4j", dl4j), new Provider("onednn", onednn)),
                () -> new Gpus(List.of(), "", "no driver here"),
                false);
    }

    @Test
    void prefersTheFasterOne() {
        assertThat(engines(true, true).names()).containsExactly("auto", "onednn", "dl4j", "other");
        assertThat(engines(true, true).auto().name()).isEqualTo("onednn");
        assertThat(engines(true, true).auto().why())
                .startsWith("the fastest engine of this installation; ")
                .endsWith("; on the processor: no driver here");
    }

    @Test
    void saysWhyNotTheBetterOne() {
        Engines.Choice choice = engines(false, true).auto();
        assertThat(choice.name()).isEqualTo("dl4j");
        assertThat(choice.why()).startsWith("because onednn does not work here (needs another machine); ");
    }

    @Test
    void tellsWhichWorkAndWithWhat() {
        assertThat(engines(false, true).states())
                .extracting(Engines.State::name, Engines.State::works)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("onednn", false),
                        org.assertj.core.groups.Tuple.tuple("dl4j", true),
                        org.assertj.core.groups.Tuple.tuple("other", true));
        assertThat(engines(false, true).states().get(0).version()).isEqualTo("needs another machine");
        assertThat(engines(false, true).states().get(1).precisions()).containsExactly("fp32", "fp64");
    }

    @Test
    void saysInOneLineWhatAutoTakes() {
        List<String> said = new ArrayList<>();
        assertThat(engines(false, true).open("auto", said::add)).isInstanceOf(ReferenceEngine.class);
        assertThat(said)
                .containsExactly("engine: auto takes dl4j: "
                        + engines(false, true).auto().why());
        engines(true, true).open("dl4j", said::add);
        assertThat(said).hasSize(1);
    }

    @Test
    void refusesWhatItDoesNotHave() {
        assertThatThrownBy(() -> engines(true, true).open("onedn", line -> {}))
                .isInstanceOf(CommandException.class)
                .hasMessage("unknown engine onedn (nearest: onednn)");
        Engines none = new Engines(List.of(new Provider("onednn", false)), () -> new Gpus(List.of(), "", "none"), true);
        assertThatThrownBy(none::auto)
                .isInstanceOf(EngineException.class)
                .hasMessage("no engine works on this machine; onednn does not work here (needs another machine)");
    }

    @Test
    void findsBothEnginesOfThisProject() {
        assertThat(Engines.found().names()).containsExactly("auto", "onednn", "dl4j");
    }

    /** The dl4j engine with its back end on cards or on the processor, beside onednn. */
    private static Engines withCard(int major, int minor, boolean installed, boolean taken) {
        ReferenceEngine reference = new ReferenceEngine();
        EngineProvider dl4j = new EngineProvider() {
            @Override
            public String name() {
                return "dl4j";
            }

            @Override
            public Engine create() {
                return new Engine() {
                    @Override
                    public String name() {
                        return "dl4j";
                    }

                    @Override
                    public String version() {
                        return taken ? "ND4J, JCublasBackend" : "ND4J, CpuBackend";
                    }

                    @Override
                    public Set<Precision> precisions() {
                        return reference.precisions();
                    }

                    @Override
                    public Session open(Graph graph, Parameters parameters, Options options) {
                        return reference.open(graph, parameters, options);
                    }

                    @Override
                    public Session open(Graph graph, TrainingState state, Options options) {
                        return reference.open(graph, state, options);
                    }
                };
            }
        };
        Gpu card = new Gpu("RTX", new Gpu.Capability(major, minor), 24576);
        return new Engines(
                List.of(dl4j, new Provider("onednn", true)), () -> new Gpus(List.of(card), "555", ""), installed);
    }

    @Test
    void takesTheCardWhereNd4jHasCodeForIt() {
        Engines.Choice choice = withCard(8, 9, true, true).auto();
        assertThat(choice.name()).isEqualTo("dl4j");
        assertThat(choice.why()).isEqualTo("it computes on RTX (capability 8.9, 24576 MiB); ND4J, JCublasBackend");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "6|0|true|false|ND4J does not take RTX (capability 6.0, 24576 MiB); its libraries of CUDA 11.6 may be missing",
                "8|6|false|true|RTX (capability 8.6, 24576 MiB) is not used: start with VERTEBRA_PROFILES=cuda-11.6 for ND4J's engine on cards",
                "9|0|true|true|this installation has no engine for RTX (capability 9.0, 24576 MiB): nd4j-cuda-11.6 has code for capability 6.0 to 8.9 only",
                "5|2|true|true|this installation has no engine for RTX (capability 5.2, 24576 MiB): nd4j-cuda-11.6 has code for capability 6.0 to 8.9 only"
            })
    void saysWhyNoCardIsTaken(int major, int minor, boolean installed, boolean taken, String why) {
        Engines.Choice choice = withCard(major, minor, installed, taken).auto();
        assertThat(choice.name()).isEqualTo("onednn");
        assertThat(choice.why()).endsWith("; on the processor: " + why);
    }
}
