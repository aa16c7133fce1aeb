package io.vertebra.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertebra.graph.contract.EngineInFront;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.EngineException;
import io.vertebra.graph.engine.EngineProvider;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.reference.ReferenceEngine;
import java.util.ArrayList;
import java.util.List;
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

    /** Whatever instructions this machine has: bf16 by its own instructions is taken, emulated or missing it is not. */
    @Test
    void eachEnginePrefersAPrecisionThatItServes() {
        Engine onednn = Engines.found().open("onednn", line -> {});
        assertThat(onednn.precisions()).contains(onednn.preferred());
        assertThat(onednn.preferred())
                .isEqualTo(onednn.version().contains(", bf16, ") ? Precision.BF16 : Precision.FP32);
        assertThat(Engines.found().open("dl4j", line -> {}).preferred()).isEqualTo(Precision.FP32);
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
                .hasMessage("no engine works on this machine; onednn does not work here (needs another machine);"
                        + " on a card: none");
    }

    @Test
    void findsTheEnginesOfThisProject() {
        assertThat(Engines.found().names()).containsExactly("auto", "onednn", "dl4j", "cuda");
    }

    /** A machine with this card; {@code cuda} is what the engine on it says that it lacks, or that it works by "yes". */
    private static Engines withCard(int major, int minor, boolean installed, boolean taken, String cuda) {
        Provider onednn = new Provider("onednn", true);
        EngineProvider dl4j = new Described("dl4j", taken ? "ND4J, JCublasBackend" : "ND4J, CpuBackend");
        List<EngineProvider> providers = cuda == null
                ? List.of(dl4j, onednn)
                : List.of(
                        dl4j,
                        onednn,
                        cuda.equals("yes") ? new Described("cuda", "CUDA 13.0") : new Missing("cuda", cuda));
        Gpu card = new Gpu("RTX", new Gpu.Capability(major, minor), 24576);
        return new Engines(providers, () -> new Gpus(List.of(card), "555", ""), installed);
    }

    /** An engine that says this of itself. */
    private record Described(String name, String version) implements EngineProvider {
        @Override
        public Engine create() {
            return new Named(new ReferenceEngine(), name, version);
        }
    }

    private record Named(Engine engine, String name, String version) implements EngineInFront {}

    /** An engine that this machine cannot load. */
    private record Missing(String name, String why) implements EngineProvider {
        @Override
        public Engine create() {
            throw new EngineException(EngineException.Kind.UNAVAILABLE, why);
        }
    }

    @Test
    void takesTheCardWhereNd4jHasCodeForIt() {
        Engines.Choice choice = withCard(8, 9, true, true, "cuda: this build has no CUDA bindings")
                .auto();
        assertThat(choice.name()).isEqualTo("dl4j");
        assertThat(choice.why()).isEqualTo("it computes on RTX (capability 8.9, 24576 MiB); ND4J, JCublasBackend");
    }

    @ParameterizedTest
    @CsvSource({"7, 5", "8, 9", "9, 0", "12, 0"})
    void takesTheCudaEngineBeforeAllOthers(int major, int minor) {
        Engines.Choice choice = withCard(major, minor, true, true, "yes").auto();
        assertThat(choice.name()).isEqualTo("cuda");
        assertThat(choice.why())
                .isEqualTo("it computes on RTX (capability " + major + "." + minor + ", 24576 MiB); CUDA 13.0");
    }

    @Test
    void doesNotTakeTheCudaEngineWithoutACardForIt() {
        assertThat(withCard(7, 0, false, false, "yes").auto().name()).isEqualTo("onednn");
        Engines none = new Engines(
                List.of(new Described("cuda", "CUDA 13.0"), new Provider("onednn", false)),
                () -> new Gpus(List.of(), "", "no driver here"),
                false);
        assertThatThrownBy(none::auto)
                .hasMessage("no engine works on this machine; onednn does not work here (needs another machine);"
                        + " on a card: no driver here");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "6|0|true|false||ND4J does not take RTX (capability 6.0, 24576 MiB); its libraries of CUDA 11.6 may be missing",
                "8|6|false|true||RTX (capability 8.6, 24576 MiB) is not used: start with VERTEBRA_PROFILES=cuda-11.6 for ND4J's engine on cards",
                "7|0|false|true|yes|RTX (capability 7.0, 24576 MiB) is not used: start with VERTEBRA_PROFILES=cuda-11.6 for ND4J's engine on cards",
                "9|0|true|true|cuda: libcublas.so.13 is not found|RTX (capability 9.0, 24576 MiB) is not used: cuda: libcublas.so.13 is not found",
                "8|6|false|true|cuda: libcublas.so.13 is not found|RTX (capability 8.6, 24576 MiB) is not used: cuda: libcublas.so.13 is not found",
                "9|0|true|true||this installation has no engine for RTX (capability 9.0, 24576 MiB): cuda serves capability 7.5 and newer, nd4j-cuda-11.6 serves 6.0 to 8.9",
                "5|2|true|true|yes|this installation has no engine for RTX (capability 5.2, 24576 MiB): cuda serves capability 7.5 and newer, nd4j-cuda-11.6 serves 6.0 to 8.9"
            })
    void saysWhyNoCardIsTaken(int major, int minor, boolean installed, boolean taken, String cuda, String why) {
        Engines.Choice choice = withCard(major, minor, installed, taken, cuda).auto();
        assertThat(choice.name()).isEqualTo("onednn");
        assertThat(choice.why()).endsWith("; on the processor: " + why);
    }

    /** CUDA comes with a profile only; the bindings alone would load nothing, but are not there either. */
    @Test
    void nothingOfCudaIsOnTheClassPathByDefault() {
        assumeTrue(System.getProperty("vertebra.profiles.cuda") == null, "built with the profile cuda");
        ClassLoader loader = Engines.class.getClassLoader();
        assertThat(loader.getResource("org/bytedeco/cuda/global/cudart.class")).isNull();
        assertThat(loader.getResource("org/bytedeco/cuda/linux-x86_64/libjnicudart.so"))
                .isNull();
        assertThat(loader.getResource("org/nd4j/linalg/jcublas/JCublasBackend.class"))
                .isNull();
        assertThat(loader.getResource("io/vertebra/cuda/driver/CudaDevice.class"))
                .isNotNull();
    }
}
