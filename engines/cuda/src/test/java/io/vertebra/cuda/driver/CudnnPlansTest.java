package io.vertebra.cuda.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.cuda.device.ConvolutionSpec;
import io.vertebra.cuda.device.ConvolutionSpec.Epilogue;
import io.vertebra.cuda.device.ConvolutionSpec.Geometry;
import io.vertebra.cuda.device.ConvolutionSpec.Pass;
import io.vertebra.cuda.device.MathMode;
import io.vertebra.cuda.device.Type;
import io.vertebra.graph.engine.EngineException;
import io.vertebra.graph.op.Activation;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Plans of cuDNN for a card that is not here. */
@Tag("slow")
class CudnnPlansTest {
    private static final long LIMIT = 1L << 30;

    @BeforeAll
    static void load() throws Exception {
        Libraries.load();
    }

    /** Every descriptor has an owner that closed it. */
    @AfterEach
    void nothingIsLeft() {
        assertThat(Descriptor.live()).isZero();
    }

    // spotless:off
    /** C, size, K, window, stride, padding, groups: every distinct convolution of the networks that is not depthwise. */
    private static final int[][] LAYERS = {
        // ResNet-50
        {3, 224, 64, 7, 2, 3, 1}, {64, 56, 64, 1, 1, 0, 1}, {64, 56, 64, 3, 1, 1, 1}, {64, 56, 256, 1, 1, 0, 1},
        {256, 56, 64, 1, 1, 0, 1}, {256, 56, 128, 1, 1, 0, 1}, {128, 56, 128, 3, 2, 1, 1},
        {128, 28, 512, 1, 1, 0, 1}, {256, 56, 512, 1, 2, 0, 1}, {512, 28, 128, 1, 1, 0, 1},
        {128, 28, 128, 3, 1, 1, 1}, {512, 28, 256, 1, 1, 0, 1}, {256, 28, 256, 3, 2, 1, 1},
        {256, 14, 1024, 1, 1, 0, 1}, {512, 28, 1024, 1, 2, 0, 1}, {1024, 14, 256, 1, 1, 0, 1},
        {256, 14, 256, 3, 1, 1, 1}, {1024, 14, 512, 1, 1, 0, 1}, {512, 14, 512, 3, 2, 1, 1},
        {512, 7, 2048, 1, 1, 0, 1}, {1024, 14, 2048, 1, 2, 0, 1}, {2048, 7, 512, 1, 1, 0, 1},
        {512, 7, 512, 3, 1, 1, 1},
        // MobileNet V2
        {3, 224, 32, 3, 2, 1, 1}, {32, 112, 16, 1, 1, 0, 1}, {16, 112, 96, 1, 1, 0, 1}, {96, 56, 24, 1, 1, 0, 1},
        {24, 56, 144, 1, 1, 0, 1}, {144, 56, 24, 1, 1, 0, 1}, {144, 28, 32, 1, 1, 0, 1}, {32, 28, 192, 1, 1, 0, 1},
        {192, 28, 32, 1, 1, 0, 1}, {192, 14, 64, 1, 1, 0, 1}, {64, 14, 384, 1, 1, 0, 1}, {384, 14, 64, 1, 1, 0, 1},
        {384, 14, 96, 1, 1, 0, 1}, {96, 14, 576, 1, 1, 0, 1}, {576, 14, 96, 1, 1, 0, 1}, {576, 7, 160, 1, 1, 0, 1},
        {160, 7, 960, 1, 1, 0, 1}, {960, 7, 160, 1, 1, 0, 1}, {960, 7, 320, 1, 1, 0, 1}, {320, 7, 1280, 1, 1, 0, 1},
        // ConvNeXt-T, whose others are linear layers
        {3, 224, 96, 4, 4, 0, 1}, {96, 56, 192, 2, 2, 0, 1}, {192, 28, 384, 2, 2, 0, 1}, {384, 14, 768, 2, 2, 0, 1},
        // ResNeXt-50's second
        {128, 56, 128, 3, 1, 1, 32},
    };
    // spotless:on

    @Test
    void everyLayerHasAPlan() {
        int sameInFull = 0;
        try (DescribedCard card = new DescribedCard()) {
            for (int[] l : LAYERS) {
                for (Pass pass : Pass.values()) {
                    ConvolutionSpec f32 =
                            Specs.convolution(pass, Type.F32, 32, l[0], l[1], l[2], l[3], l[4], l[5], l[6]);
                    ConvolutionSpec bf16 =
                            Specs.convolution(pass, Type.BF16, 32, l[0], l[1], l[2], l[3], l[4], l[5], l[6]);
                    String full = engine(f32, PlanForm.WHOLE, card);
                    String tf32 = engine(Specs.with(f32, MathMode.TF32, Epilogue.NONE), PlanForm.WHOLE, card);
                    engine(bf16, pass == Pass.WEIGHTS ? PlanForm.NARROW : PlanForm.WHOLE, card);
                    sameInFull += full.equals(tf32) ? 1 : 0;
                }
            }
        }
        assertThat(sameInFull)
                .isLessThan(LAYERS.length / 2); // tensor cores are taken where they may be, and only there
    }

    /** Of the plan that is taken first; prints it. */
    static String engine(ConvolutionSpec spec, PlanForm form, PlanTarget card) {
        List<ConvolutionPlan> plans = PlanFinder.find(spec, card, LIMIT, 1);
        assertThat(plans).hasSize(1);
        try (ConvolutionPlan plan = plans.get(0)) {
            assertThat(plan.choice().form()).as(Operators.shapes(spec)).isEqualTo(form);
            assertThat(plan.workspace()).isBetween(0L, LIMIT);
            assertThat(plan.name()).startsWith("cudnn:eng");
            System.out.println(Operators.name(spec) + ", " + Operators.shapes(spec) + ", " + spec.epilogue() + ": "
                    + form + " " + plan.name() + ", " + plan.workspace() + " bytes");
            return plan.name();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "F32, STRICT, true, false, false, WHOLE", "F32, STRICT, true, true, true, WHOLE",
                "F32, TF32, true, true, true, WHOLE",
        "F32, STRICT, false, true, true, BARE", "BF16, STRICT, true, false, true, WHOLE",
                "BF16, STRICT, true, true, true, WHOLE",
        "BF16, STRICT, true, false, false, WHOLE", "BF16, STRICT, false, false, true, WHOLE"
    })
    void epiloguesAreFused(Type type, MathMode math, boolean bias, boolean addend, boolean relu, PlanForm form) {
        Epilogue epilogue = new Epilogue(bias, addend, relu ? Activation.Function.RELU : null);
        try (DescribedCard card = new DescribedCard()) {
            engine(
                    Specs.with(Specs.convolution(Pass.FORWARD, type, 32, 64, 56, 64, 3, 1, 1, 1), math, epilogue),
                    form,
                    card);
            engine(
                    Specs.with(Specs.convolution(Pass.FORWARD, type, 32, 3, 224, 64, 7, 2, 3, 1), math, epilogue),
                    form,
                    card);
        }
    }

    /** C, size, K, window, stride, padding, channels of the concat: parts of Inception v3, SqueezeNet, DenseNet, DeepLab. */
    @ParameterizedTest
    @CsvSource({
        "192, 35, 64, 1, 1, 0, 288",
        "96, 35, 96, 3, 1, 1, 288",
        "288, 35, 384, 3, 2, 0, 768",
        "16, 56, 64, 3, 1, 1, 128",
        "128, 28, 32, 3, 1, 1, 264",
        "512, 128, 48, 1, 1, 0, 304"
    })
    void partsOfConcatsAreWrittenInPlace(int c, int size, int k, int window, int stride, int padding, int pitch) {
        try (DescribedCard card = new DescribedCard()) {
            for (Type type : List.of(Type.F32, Type.BF16)) {
                ConvolutionSpec bare = Specs.convolution(Pass.FORWARD, type, 32, c, size, k, window, stride, padding, 1)
                        .inCellsOf(pitch);
                engine(bare, PlanForm.WHOLE, card);
                ConvolutionSpec whole =
                        Specs.with(bare, MathMode.STRICT, new Epilogue(true, false, Activation.Function.RELU));
                engine(whole.inCellsOf(pitch), PlanForm.WHOLE, card);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Pass.class)
    void paddingMayDifferAtTheEnds(Pass pass) {
        Geometry uneven = new Geometry(2, 1, 0, 1, 1, 0, 1, 2, 1);
        try (DescribedCard card = new DescribedCard()) {
            engine(Specs.convolution(pass, Type.F32, 2, 19, 17, 21, 3, uneven), PlanForm.WHOLE, card);
        }
    }

    @Test
    void candidatesAreFoundAgain() {
        ConvolutionSpec spec = Specs.with(
                Specs.convolution(Pass.FORWARD, Type.BF16, 2, 64, 28, 64, 3, 1, 1, 1),
                MathMode.STRICT,
                new Epilogue(true, true, Activation.Function.RELU));
        try (DescribedCard card = new DescribedCard()) {
            List<ConvolutionPlan> plans = PlanFinder.find(spec, card, LIMIT, 3);
            assertThat(plans)
                    .extracting(p -> p.choice().form())
                    .containsExactly(
                            PlanForm.WHOLE,
                            PlanForm.WHOLE,
                            PlanForm.WHOLE,
                            PlanForm.BARE,
                            PlanForm.BARE,
                            PlanForm.BARE);
            assertThat(plans).extracting(ConvolutionPlan::name).doesNotHaveDuplicates();
            assertThat(plans.get(0).tensors()).extracting(Tensor::id).containsExactly(1L, 2L, 3L, 4L, 5L);
            assertThat(plans.get(3).tensors()).extracting(Tensor::id).containsExactly(1L, 2L, 5L);
            List<ConvolutionPlan> again =
                    PlanFinder.again(spec, card, LIMIT, plans.get(1).choice());
            assertThat(again)
                    .singleElement()
                    .extracting(ConvolutionPlan::name)
                    .isEqualTo(plans.get(1).name());
            assertThat(PlanFinder.again(
                            spec,
                            card,
                            LIMIT,
                            new PlanChoice(PlanForm.WHOLE, plans.get(0).choice().mode(), 999)))
                    .isEmpty();
            again.forEach(ConvolutionPlan::close);
            plans.forEach(ConvolutionPlan::close);
        }
    }

    /** A card that breaks down when the plan of this number is made. */
    private record Breaking(DescribedCard card, AtomicInteger left, Throwable fault) implements PlanTarget {
        @Override
        public void describeGraph(Descriptor graph) {
            card.describeGraph(graph);
        }

        @Override
        public void describeQuestion(Descriptor question) {
            card.describeQuestion(question);
        }

        @Override
        public void describePlan(Descriptor plan) {
            if (left.decrementAndGet() == 0) {
                if (fault instanceof Error error) {
                    throw error;
                }
                throw (RuntimeException) fault;
            }
            card.describePlan(plan);
        }

        @Override
        public String description() {
            return card.description();
        }

        @Override
        public Optional<CodeCache> cache() {
            return card.cache();
        }
    }

    static Stream<Throwable> faults() {
        return Stream.of(
                new EngineException(EngineException.Kind.OUT_OF_MEMORY, "no memory"),
                new IllegalStateException("broken"),
                new AssertionError("worse"));
    }

    /** At the first candidate, and at a later one, when others have plans. */
    @ParameterizedTest
    @MethodSource("faults")
    void whatBreaksOffLeavesNothing(Throwable fault) {
        ConvolutionSpec spec = Specs.convolution(Pass.FORWARD, Type.BF16, 2, 64, 28, 64, 3, 1, 1, 1);
        for (int number : new int[] {1, 3}) {
            try (DescribedCard card = new DescribedCard()) {
                Breaking breaking = new Breaking(card, new AtomicInteger(number), fault);
                assertThatThrownBy(() -> PlanFinder.find(spec, breaking, LIMIT, 3))
                        .isSameAs(fault);
            }
            nothingIsLeft();
        }
    }

    /** An engine that refuses is passed over. */
    @Test
    void refusalsLeaveNothing() {
        ConvolutionSpec spec = Specs.convolution(Pass.FORWARD, Type.BF16, 2, 64, 28, 64, 3, 1, 1, 1);
        EngineException refusal = new EngineException(EngineException.Kind.UNSUPPORTED, "not this one");
        try (DescribedCard card = new DescribedCard()) {
            List<ConvolutionPlan> all = PlanFinder.find(spec, card, LIMIT, 3);
            Breaking breaking = new Breaking(card, new AtomicInteger(1), refusal);
            List<ConvolutionPlan> others = PlanFinder.find(spec, breaking, LIMIT, 2);
            assertThat(others)
                    .extracting(ConvolutionPlan::name)
                    .containsExactly(all.get(1).name(), all.get(2).name());
            all.forEach(ConvolutionPlan::close);
            others.forEach(ConvolutionPlan::close);
        }
    }

    @Test
    void workingMemoryIsBounded() {
        ConvolutionSpec spec = Specs.convolution(Pass.FORWARD, Type.F32, 32, 64, 56, 64, 3, 1, 1, 1);
        try (DescribedCard card = new DescribedCard()) {
            List<ConvolutionPlan> plans = PlanFinder.find(spec, card, 0, 1);
            assertThat(plans)
                    .singleElement()
                    .extracting(ConvolutionPlan::workspace)
                    .isEqualTo(0L);
            plans.forEach(ConvolutionPlan::close);
            assertThatThrownBy(() -> PlanFinder.find(spec, card, -1, 1))
                    .isInstanceOf(EngineException.class)
                    .hasMessageStartingWith(
                            "cuda: conv (forward): cuDNN has no engine for it: x (32, 64, 56, 56), w (64, 64, 3, 3)")
                    .hasMessageContaining("; last: ")
                    .extracting(e -> ((EngineException) e).kind())
                    .isEqualTo(EngineException.Kind.UNSUPPORTED);
        }
    }

    @Test
    void whatIsNoConvolutionIsRefusedWithTheLibrarysReason() {
        ConvolutionSpec right = Specs.convolution(Pass.FORWARD, Type.F32, 2, 8, 9, 8, 3, 1, 1, 1);
        ConvolutionSpec wrong = new ConvolutionSpec(
                "stem",
                right.pass(),
                right.in(),
                right.out(),
                right.math(),
                2,
                8,
                9,
                9,
                8,
                3,
                3,
                9,
                8,
                right.geometry(),
                right.epilogue());
        try (DescribedCard card = new DescribedCard()) {
            assertThatThrownBy(() -> PlanFinder.find(wrong, card, LIMIT, 1))
                    .isInstanceOf(EngineException.class)
                    .hasMessageStartingWith("cuda: stem (forward): cuDNN has no engine for it: ")
                    .hasMessageContaining("CUDNN_STATUS_BAD_PARAM");
        }
    }
}
