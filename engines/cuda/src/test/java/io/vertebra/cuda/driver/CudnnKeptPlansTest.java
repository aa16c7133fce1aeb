package io.vertebra.cuda.driver;

import static io.vertebra.cuda.device.Type.BF16;
import static io.vertebra.graph.op.Activation.Function.GELU;
import static io.vertebra.graph.op.Activation.Function.HARD_SWISH;
import static io.vertebra.graph.op.Activation.Function.RELU;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.cuda.device.ConvolutionSpec;
import io.vertebra.cuda.device.ConvolutionSpec.Epilogue;
import io.vertebra.cuda.device.ConvolutionSpec.Pass;
import io.vertebra.cuda.device.MathMode;
import io.vertebra.graph.op.Activation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Engines that cuDNN compiles, kept between starts, for a card that is not here. */
@Tag("slow")
class CudnnKeptPlansTest {
    private static final long LIMIT = 1L << 30;

    @TempDir
    Path home;

    @BeforeAll
    static void load() throws Exception {
        Libraries.load();
    }

    /** Every descriptor has an owner that closed it. */
    @AfterEach
    void nothingIsLeft() {
        assertThat(Descriptor.live()).isZero();
    }

    private static ConvolutionSpec spec(Activation.Function function, boolean keepsArgument, int n) {
        ConvolutionSpec bare = Specs.convolution(Pass.FORWARD, BF16, n, 96, 56, 384, 1, 1, 0, 1);
        return Specs.with(bare, MathMode.STRICT, new Epilogue(true, false, function, keepsArgument));
    }

    private CodeCache cache() {
        return new CodeCache(home.resolve("cuda"), 1 << 28);
    }

    /** The plan's name, workspace, tensors and numbers. */
    private String plan(ConvolutionSpec spec) {
        try (DescribedCard card = new DescribedCard(DescribedCard.Model.H200, Optional.of(cache()))) {
            List<ConvolutionPlan> plans = PlanFinder.find(spec, card, LIMIT, 1);
            try (ConvolutionPlan plan = plans.get(0)) {
                return plan.name() + " " + plan.workspace() + " " + plan.tensors() + " " + plan.constants();
            }
        }
    }

    private Set<Path> files() throws IOException {
        if (!Files.exists(home.resolve("cuda"))) {
            return Set.of();
        }
        try (Stream<Path> files = Files.list(home.resolve("cuda"))) {
            return files.collect(Collectors.toSet());
        }
    }

    /** Long ago, so that a file that is written or read stands out. */
    private static void age(Path file) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
    }

    @Test
    void compiledEnginesAreKeptWithTheirCode() throws IOException {
        String compiled = plan(spec(HARD_SWISH, true, 256));
        assertThat(files()).hasSize(1);
        Path file = files().iterator().next();
        assertThat(Files.size(file)).isGreaterThan(30_000L); // machine code and all
        byte[] before = Files.readAllBytes(file);
        age(file);
        assertThat(plan(spec(HARD_SWISH, true, 256))).isEqualTo(compiled);
        assertThat(files()).containsExactly(file);
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
        assertThat(Files.getLastModifiedTime(file).toInstant()).isAfter(Instant.EPOCH);
    }

    @Test
    void enginesThatAreThereAreNot() throws IOException {
        plan(spec(RELU, false, 32));
        assertThat(files()).isEmpty();
    }

    /** Other graphs and other cards have code of their own. */
    @Test
    void eachGraphAndCardHasItsOwn() throws IOException {
        plan(spec(GELU, true, 256));
        plan(spec(GELU, false, 256));
        assertThat(files()).hasSize(2);
        plan(spec(GELU, false, 128));
        assertThat(files()).hasSize(3);
        try (DescribedCard h200 = new DescribedCard();
                DescribedCard a100 = new DescribedCard(DescribedCard.Model.A100)) {
            assertThat(h200.description()).isNotEqualTo(a100.description());
        }
    }

    /** What cuDNN does not take is compiled again, and kept instead. */
    @Test
    void whatIsNoPlanIsReplaced() throws IOException {
        ConvolutionSpec spec = spec(GELU, true, 256);
        String compiled = plan(spec);
        Path file = files().iterator().next();
        byte[] whole = Files.readAllBytes(file);
        String name = file.getFileName().toString();
        byte[] key = HexFormat.of().parseHex(name.substring(0, name.indexOf('.')));
        cache().keep(key, "{}".getBytes(StandardCharsets.UTF_8));
        assertThat(Files.readAllBytes(file)).isNotEqualTo(whole);
        assertThat(plan(spec)).isEqualTo(compiled);
        assertThat(Files.size(file)).isGreaterThan(30_000L);
    }
}
