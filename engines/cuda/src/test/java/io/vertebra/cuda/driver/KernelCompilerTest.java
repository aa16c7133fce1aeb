package io.vertebra.cuda.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.cuda.device.KernelSource;
import io.vertebra.cuda.device.Type;
import io.vertebra.graph.engine.EngineException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KernelCompilerTest {
    private static final int[] SUPPORTED = {75, 80, 86, 89, 90, 100, 120};

    @ParameterizedTest
    @CsvSource({"75, sm_75", "90, sm_90", "120, sm_120", "87, compute_86", "121, compute_120"})
    void takesMachineCodeWhereItCan(int capability, String architecture) {
        assertThat(KernelCompiler.architecture(capability, SUPPORTED)).isEqualTo(architecture);
    }

    @Test
    void refusesOlderCards() {
        assertThatThrownBy(() -> KernelCompiler.architecture(70, SUPPORTED))
                .isInstanceOf(EngineException.class)
                .hasMessage("cuda: NVRTC compiles for capability 7.5 and newer, the card has 7.0");
    }

    @Test
    void findsAllThatAFileIncludes() {
        assertThat(KernelFiles.headers("epilogue.cu")).containsOnlyKeys("activations.cuh", "common.cuh");
        assertThat(KernelFiles.headers("depthwise.cu"))
                .containsOnlyKeys("common.cuh", "activations.cuh", "maps.cuh", "depthwise.cuh");
        assertThat(KernelFiles.headers("epilogue.cu").get("common.cuh")).isEqualTo(KernelFiles.read("common.cuh"));
        assertThatThrownBy(() -> KernelFiles.read("nothing.cu"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("there is no file of kernels nothing.cu");
    }

    /** With the real compiler, for cards that are not here. */
    @Tag("slow")
    @ParameterizedTest
    @CsvSource({"75", "80", "86", "89", "90", "100", "120"})
    void compilesEveryFileForEveryCard(int capability) throws Exception {
        Libraries.load();
        KernelCompiler compiler = KernelCompiler.forCapability(capability, Optional.empty());
        List<String> failures = new ArrayList<>();
        for (String file : files()) {
            for (Type type : List.of(Type.F32, Type.BF16)) {
                try {
                    byte[] code = compiler.compile(new KernelSource(file, type));
                    assertThat(code[1]).as(file).isEqualTo((byte) 'E'); // of ELF
                } catch (EngineException e) {
                    failures.add(e.getMessage());
                }
            }
        }
        assertThat(failures).isEmpty();
    }

    @Tag("slow")
    @Test
    void compilesForCardsThatAreNotKnownYet() throws Exception {
        Libraries.load();
        KernelCompiler compiler = KernelCompiler.forCapability(990, Optional.empty());
        byte[] code = compiler.compile(new KernelSource("epilogue", Type.BF16));
        assertThat(new String(code, StandardCharsets.UTF_8))
                .contains(".entry finish_convolution_packed", ".entry finish_convolution(")
                .endsWith("\0");
    }

    @Tag("slow")
    @Test
    void keepsWhatItCompiled(@TempDir Path home) throws Exception {
        Libraries.load();
        Path folder = home.resolve("cuda");
        KernelCompiler compiler = KernelCompiler.forCapability(90, Optional.of(new CodeCache(folder, 1 << 20)));
        KernelSource source = new KernelSource("epilogue", Type.BF16);
        byte[] code = compiler.compile(source);
        byte[] key = compiler.translation(source).key(new Nvrtc(true).version());
        assertThat(new Nvrtc(true).version())
                .matches("(?s)NVRTC (1[3-9]\\.\\d+)\n//.* Compiler Build ID: CL-\\d+\n.* release \\1, V\\1\\.\\d+\n.*");
        assertThat(new CodeCache(folder, 1 << 20).find(key)).contains(code);
        assertThat(compiler.compile(source)).isEqualTo(code);
    }

    @Tag("slow")
    @Test
    void tellsTheCompilersLines() throws Exception {
        Libraries.load();
        KernelCompiler compiler = KernelCompiler.forCapability(90, Optional.empty());
        assertThatThrownBy(() -> compiler.compile(new KernelSource("broken", Type.F32)))
                .isInstanceOf(EngineException.class)
                .hasMessageStartingWith(
                        "cuda: broken.cu with --gpu-architecture=sm_90 --std=c++17 --device-as-default-execution-space:"
                                + " nvrtcCompileProgram: NVRTC_ERROR_COMPILATION (broken.cu(5): error: ")
                .hasMessageContaining("identifier \"y\" is undefined");
    }

    /** All of this module. */
    private static List<String> files() throws IOException {
        URI folder = URI.create(KernelCompilerTest.class
                .getResource("/io/vertebra/cuda/kernels/epilogue.cu")
                .toString());
        try (Stream<Path> files = Files.list(Path.of(folder).getParent())) {
            return files.map(f -> f.getFileName().toString())
                    .filter(f -> f.endsWith(".cu"))
                    .map(f -> f.substring(0, f.length() - 3))
                    .sorted()
                    .toList();
        }
    }
}
