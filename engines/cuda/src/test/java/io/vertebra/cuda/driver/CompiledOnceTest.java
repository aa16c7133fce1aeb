package io.vertebra.cuda.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.cuda.device.KernelSource;
import io.vertebra.cuda.device.Type;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How often a compiler is asked, in place of NVRTC one that counts. */
@Timeout(60)
class CompiledOnceTest {
    private static final KernelSource NORMS = new KernelSource("layer_norm", Type.F32);
    private static final String HOPPER = "sm_90";

    @TempDir
    Path folder;

    private final Counting compiler = new Counting("NVRTC 13.0");

    /** Makes of each text a code that has its name, options and number. */
    private static class Counting implements Translator {
        final AtomicInteger calls = new AtomicInteger();
        final String version;

        Counting(String version) {
            this.version = version;
        }

        @Override
        public String version() {
            return version;
        }

        @Override
        public byte[] translate(Translation t) {
            String code = t.name() + " " + t.options() + " " + calls.incrementAndGet();
            return code.getBytes(StandardCharsets.UTF_8);
        }
    }

    private Optional<CodeCache> cache() {
        return Optional.of(new CodeCache(folder.resolve("cuda"), 1 << 20));
    }

    private String compile(String architecture, Translator with, KernelSource source) {
        return new String(new KernelCompiler(architecture, with, cache()).compile(source), StandardCharsets.UTF_8);
    }

    @Test
    void theSecondProcessFindsWhatTheFirstCompiled() {
        String first = compile(HOPPER, compiler, NORMS);
        assertThat(first)
                .isEqualTo(
                        "layer_norm.cu [--gpu-architecture=sm_90, --std=c++17, --device-as-default-execution-space] 1");
        assertThat(compile(HOPPER, compiler, NORMS)).isEqualTo(first);
        assertThat(compile(HOPPER, new Counting("NVRTC 13.0"), NORMS)).isEqualTo(first);
        assertThat(compiler.calls).hasValue(1);
    }

    @Test
    void otherTypesCardsAndVersionsAreCompiledForThemselves() {
        compile(HOPPER, compiler, NORMS);
        compile(HOPPER, compiler, new KernelSource("layer_norm", Type.BF16));
        compile(HOPPER, compiler, new KernelSource("l2_norm", Type.F32));
        compile("sm_80", compiler, NORMS);
        assertThat(compiler.calls).hasValue(4);
        Counting newer = new Counting("NVRTC 13.1");
        compile(HOPPER, newer, NORMS);
        assertThat(newer.calls).hasValue(1);
    }

    @Test
    void withoutACacheEachProcessCompiles() {
        for (int i = 1; i <= 2; i++) {
            new KernelCompiler(HOPPER, compiler, Optional.empty()).compile(NORMS);
            assertThat(compiler.calls).hasValue(i);
        }
    }

    @Test
    void aDamagedFileIsWrittenAnew() throws IOException {
        compile(HOPPER, compiler, NORMS);
        Path file = onlyFile();
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length - 1));
        String again = compile(HOPPER, compiler, NORMS);
        assertThat(again).endsWith(" 2");
        assertThat(compile(HOPPER, compiler, NORMS)).isEqualTo(again);
        assertThat(compiler.calls).hasValue(2);
    }

    private Path onlyFile() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("cuda"))) {
            List<Path> found = files.toList();
            assertThat(found).hasSize(1);
            return found.get(0);
        }
    }

    @Test
    void whatDoesNotCompileIsNotKept() throws IOException {
        Translator broken = new Counting("NVRTC 13.0") {
            @Override
            public byte[] translate(Translation t) {
                throw new IllegalStateException(t.name() + " is broken");
            }
        };
        assertThatThrownBy(() -> compile(HOPPER, broken, NORMS))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("layer_norm.cu is broken");
        assertThat(folder).isEmptyDirectory();
    }

    /** Both are at work before one of them writes; then there is one whole file and nothing beside it. */
    @Test
    void twoMayCompileTheSameAtOnce() throws Exception {
        CyclicBarrier both = new CyclicBarrier(2);
        Counting meeting = new Counting("NVRTC 13.0") {
            @Override
            public byte[] translate(Translation t) {
                try {
                    both.await(30, TimeUnit.SECONDS);
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
                return super.translate(t);
            }
        };
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<Future<String>> codes = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                codes.add(threads.submit(() -> compile(HOPPER, meeting, NORMS)));
            }
            List<String> made = List.of(codes.get(0).get(), codes.get(1).get());
            assertThat(meeting.calls).hasValue(2);
            assertThat(made).doesNotHaveDuplicates();
            onlyFile();
            assertThat(compile(HOPPER, compiler, NORMS)).isIn(made);
            assertThat(compiler.calls).hasValue(0);
        } finally {
            threads.shutdownNow();
        }
    }

    /** Each of what a compiler is given, and no text may pass for the end of its neighbour. */
    @Test
    void keysTellAllThatIsCompiledApart() {
        Map<String, String> headers = new LinkedHashMap<>(Map.of("h", "1"));
        Translation base = new Translation("a", "bc", headers, List.of("x", "y"));
        List<Translation> others = List.of(
                new Translation("ab", "c", headers, base.options()),
                new Translation("b", "bc", headers, base.options()),
                new Translation("a", "bd", headers, base.options()),
                new Translation("a", "bc", Map.of("h", "2"), base.options()),
                new Translation("a", "bc", Map.of("g", "1"), base.options()),
                new Translation("a", "bc", Map.of(), base.options()),
                new Translation("a", "bc", Map.of(), List.of("x", "y", "h", "1")),
                new Translation("a", "bc", headers, List.of("xy")),
                new Translation("a", "bc", headers, List.of("x", "z")));
        assertThat(base.key("v")).hasSize(32).isEqualTo(new Translation("a", "bc", headers, base.options()).key("v"));
        assertThat(base.key("w")).isNotEqualTo(base.key("v"));
        assertThat(others).allSatisfy(other -> assertThat(other.key("v")).isNotEqualTo(base.key("v")));
    }
}
