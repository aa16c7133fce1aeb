package io.vertebra.cuda.driver;

import static io.vertebra.cuda.device.Type.BF16;
import static io.vertebra.cuda.device.Type.F32;
import static io.vertebra.cuda.driver.CudnnPlansTest.engine;
import static io.vertebra.graph.op.Activation.Function.GELU;
import static io.vertebra.graph.op.Activation.Function.HARD_SIGMOID;
import static io.vertebra.graph.op.Activation.Function.HARD_SWISH;
import static io.vertebra.graph.op.Activation.Function.LEAKY_RELU;
import static io.vertebra.graph.op.Activation.Function.RELU6;
import static io.vertebra.graph.op.Activation.Function.SIGMOID;
import static io.vertebra.graph.op.Activation.Function.SILU;
import static io.vertebra.graph.op.Activation.Function.TANH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_EXECUTION_PLAN_JSON_REPRESENTATION;

import io.vertebra.cuda.device.ConvolutionSpec;
import io.vertebra.cuda.device.ConvolutionSpec.Epilogue;
import io.vertebra.cuda.device.ConvolutionSpec.Pass;
import io.vertebra.cuda.device.MathMode;
import io.vertebra.cuda.device.Type;
import io.vertebra.graph.engine.EngineException;
import io.vertebra.graph.op.Activation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.javacpp.FloatPointer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Convolutions with functions of their sums, for cards that are not here. */
@Tag("slow")
class CudnnFunctionsTest {
    private static final long LIMIT = 1L << 30;

    // spotless:off
    /** C, size, K: the convolutions of single cells before a function. */
    private static final Map<Activation.Function, int[][]> FUNCTIONS = Map.of(
        // ConvNeXt-T
        GELU, new int[][] {{96, 56, 384}, {192, 28, 768}, {384, 14, 1536}, {768, 7, 3072}},
        // MobileNet V2
        RELU6, new int[][] {{16, 112, 96}, {24, 56, 144}, {32, 28, 192}, {64, 14, 384}, {96, 14, 576}, {160, 7, 960}, {320, 7, 1280}},
        // MobileNet V3-L
        HARD_SWISH, new int[][] {{40, 28, 240}, {80, 14, 184}, {80, 14, 200}, {80, 14, 480}, {112, 14, 672}, {160, 7, 960}},
        // EfficientNet-B0
        SILU, new int[][] {{16, 112, 96}, {24, 56, 144}, {40, 28, 240}, {80, 14, 480}, {112, 14, 672}, {192, 7, 1152}, {320, 7, 1280}},
        // DarkNet-53
        LEAKY_RELU, new int[][] {{64, 112, 32}, {128, 56, 64}, {256, 28, 128}, {512, 14, 256}, {1024, 7, 512}},
        SIGMOID, new int[][] {{96, 56, 96}},
        TANH, new int[][] {{96, 56, 96}},
        HARD_SIGMOID, new int[][] {{96, 56, 96}});
    // spotless:on

    @BeforeAll
    static void load() throws Exception {
        Libraries.load();
    }

    /** Every descriptor has an owner that closed it. */
    @AfterEach
    void nothingIsLeft() {
        assertThat(Descriptor.live()).isZero();
    }

    private static ConvolutionSpec withFunction(Type type, MathMode math, int[] l, int window, Activation.Function f) {
        return with(type, math, l, window, new Epilogue(true, false, f));
    }

    /** The function's argument is written too. */
    private static ConvolutionSpec keeping(Type type, MathMode math, int[] l, int window, Activation.Function f) {
        return with(type, math, l, window, new Epilogue(true, false, f, true));
    }

    private static ConvolutionSpec with(Type type, MathMode math, int[] l, int window, Epilogue epilogue) {
        ConvolutionSpec bare = Specs.convolution(Pass.FORWARD, type, 256, l[0], l[1], l[2], window, 1, window / 2, 1);
        return Specs.with(bare, math, epilogue);
    }

    static Set<Activation.Function> functions() {
        return FUNCTIONS.keySet();
    }

    /** In engines that are compiled; F32 in full has the function behind it. */
    @ParameterizedTest
    @MethodSource("functions")
    void functionsAreFusedBehindWindowsOfOneCell(Activation.Function function) {
        try (DescribedCard card = new DescribedCard()) {
            for (int[] l : FUNCTIONS.get(function)) {
                engine(withFunction(BF16, MathMode.STRICT, l, 1, function), PlanForm.WHOLE, card);
            }
            int[] first = FUNCTIONS.get(function)[0];
            engine(withFunction(F32, MathMode.TF32, first, 1, function), PlanForm.WHOLE, card);
            engine(withFunction(F32, MathMode.STRICT, first, 1, function), PlanForm.SUM, card);
            engine(withFunction(BF16, MathMode.STRICT, new int[] {32, 56, 48}, 3, function), PlanForm.SUM, card);
            ConvolutionSpec residual = Specs.with(
                    withFunction(BF16, MathMode.STRICT, first, 1, function),
                    MathMode.STRICT,
                    new Epilogue(true, true, function));
            engine(residual, PlanForm.WHOLE, card);
        }
    }

    /** As training wants it: one engine writes the sums and what the function makes of them. */
    @ParameterizedTest
    @EnumSource(names = {"GELU", "SILU", "HARD_SWISH", "HARD_SIGMOID"})
    void argumentsAreKeptByTheSameEngine(Activation.Function function) {
        try (DescribedCard card = new DescribedCard()) {
            for (int[] l :
                    FUNCTIONS.get(function)) { // networks have norms before the others, which recall their arguments
                if (function == GELU || l == FUNCTIONS.get(function)[0]) {
                    engine(keeping(BF16, MathMode.STRICT, l, 1, function), PlanForm.WHOLE, card);
                }
            }
            int[] first = FUNCTIONS.get(function)[0];
            engine(keeping(F32, MathMode.TF32, first, 1, function), PlanForm.WHOLE, card);
            engine(keeping(F32, MathMode.STRICT, first, 1, function), PlanForm.SUM, card);
            engine(keeping(BF16, MathMode.STRICT, new int[] {32, 56, 48}, 3, function), PlanForm.SUM, card);
            Epilogue withoutBias = new Epilogue(false, false, function, true);
            engine(with(BF16, MathMode.STRICT, first, 1, withoutBias), PlanForm.WHOLE, card);
        }
    }

    /** A card for which no engine can be made in the form that is asked for first. */
    private record Refusing(DescribedCard card, AtomicInteger graphs) implements PlanTarget {
        @Override
        public void describeGraph(Descriptor graph) {
            graphs.incrementAndGet();
            card.describeGraph(graph);
        }

        @Override
        public void describeQuestion(Descriptor question) {
            card.describeQuestion(question);
        }

        @Override
        public void describePlan(Descriptor plan) {
            if (graphs.get() == 1) {
                throw new EngineException(EngineException.Kind.UNSUPPORTED, "not this one");
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

    @Test
    void functionsThatCannotBeCompiledAreAPassOfTheirOwn() {
        try (DescribedCard card = new DescribedCard()) {
            PlanTarget refusing = new Refusing(card, new AtomicInteger());
            engine(withFunction(BF16, MathMode.STRICT, new int[] {96, 56, 384}, 1, GELU), PlanForm.SUM, refusing);
            PlanTarget another = new Refusing(card, new AtomicInteger());
            engine(keeping(BF16, MathMode.STRICT, new int[] {96, 56, 384}, 1, GELU), PlanForm.SUM, another);
        }
    }

    /** Each in a process of its own: the first card that cuDNN hears of decides about later ones. */
    @ParameterizedTest
    @CsvSource({"T4, F32", "A100, BF16", "A10, BF16", "L40S, BF16"})
    void otherCardsFuseThemToo(String model, String type) throws Exception {
        assertThat(forms(model, type)).isEqualTo("WHOLE WHOLE WHOLE WHOLE");
    }

    /** Why {@link io.vertebra.cuda.CudaEngine} refuses bf16 below capability 8.0. */
    @Test
    void cardsBeforeAmpereHaveNoEngineForBf16() throws Exception {
        assertThat(forms("T4", "BF16")).isEqualTo("none none none none");
    }

    private static String forms(String model, String type) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        CudnnFunctionsTest.class.getName(),
                        model,
                        type)
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output.lines().reduce((first, last) -> last).orElseThrow();
    }

    /** Prints the forms that GELU and hard swish have on a card, each without and with its argument. */
    public static void main(String[] arguments) throws Exception {
        Libraries.load();
        StringJoiner forms = new StringJoiner(" ");
        try (DescribedCard card = new DescribedCard(DescribedCard.Model.valueOf(arguments[0]))) {
            for (Activation.Function function : List.of(GELU, HARD_SWISH)) {
                int[] l = FUNCTIONS.get(function)[0];
                Type type = Type.valueOf(arguments[1]);
                for (ConvolutionSpec spec : List.of(
                        withFunction(type, MathMode.TF32, l, 1, function),
                        keeping(type, MathMode.TF32, l, 1, function))) {
                    forms.add(form(spec, card));
                }
            }
        }
        System.out.println(forms);
    }

    private static String form(ConvolutionSpec spec, PlanTarget card) {
        try {
            List<ConvolutionPlan> plans = PlanFinder.find(spec, card, LIMIT, 1);
            plans.forEach(ConvolutionPlan::close);
            return plans.get(0).choice().form().name();
        } catch (EngineException e) {
            assertThat(e.kind()).isEqualTo(EngineException.Kind.UNSUPPORTED);
            return "none";
        }
    }

    /** What is left to a pass of its own and what is not, side by side, for a choice by timing. */
    @ParameterizedTest
    @CsvSource({"1, WHOLE SUM BARE", "3, SUM WHOLE BARE"})
    void functionsMayBeChosenByTiming(int window, String forms) {
        try (DescribedCard card = new DescribedCard()) {
            List<ConvolutionPlan> plans = PlanFinder.find(
                    withFunction(BF16, MathMode.STRICT, new int[] {32, 56, 64}, window, SILU), card, LIMIT, 2);
            assertThat(plans.stream().map(p -> p.choice().form().name()).distinct())
                    .containsExactly(forms.split(" "));
            plans.forEach(ConvolutionPlan::close);
        }
    }

    /** As cuDNN writes the plan: the convolution and its bias give the one, GELU makes the other of it. */
    @Test
    void theArgumentComesBeforeTheResult() {
        try (DescribedCard card = new DescribedCard()) {
            ConvolutionSpec spec = keeping(BF16, MathMode.STRICT, new int[] {96, 56, 384}, 1, GELU);
            List<ConvolutionPlan> plans = PlanFinder.find(spec, card, LIMIT, 1);
            try (ConvolutionPlan plan = plans.get(0)) {
                assertThat(plan.tensors()).extracting(Tensor::id).containsExactly(1L, 2L, 3L, 6L, 5L);
                assertThat(plan.tensors()).extracting(Tensor::type).containsExactly(BF16, BF16, F32, BF16, BF16);
                byte[] json = plan.descriptor().getText(CUDNN_ATTR_EXECUTION_PLAN_JSON_REPRESENTATION);
                assertThat(new String(json, StandardCharsets.UTF_8))
                        .containsPattern("\"CUDNN_POINTWISE_ADD\"[^}]*\"Y\":\"6\",\"B\":\"3\"")
                        .containsPattern("\"CUDNN_POINTWISE_GELU_FWD\"[^}]*\"X\":\"6\",\"Y\":\"5\"");
            }
        }
    }

    /** So that they are compiled with all others of a plan. */
    @Test
    void kernelsBesideAPlanAreNamedAhead() {
        try (DescribedCard card = new DescribedCard()) {
            int[] small = {64, 7, 64};
            assertThat(kernels(with(BF16, MathMode.STRICT, small, 1, Epilogue.NONE), card))
                    .isEmpty();
            Epilogue relu = new Epilogue(true, false, Activation.Function.RELU);
            assertThat(kernels(with(BF16, MathMode.STRICT, small, 1, relu), card))
                    .containsExactly("layouts BF16");
            assertThat(kernels(with(F32, MathMode.STRICT, small, 1, relu), card))
                    .isEmpty();
            assertThat(kernels(withFunction(BF16, MathMode.STRICT, small, 1, SILU), card))
                    .containsExactly("epilogue BF16", "layouts BF16");
            assertThat(kernels(keeping(F32, MathMode.STRICT, small, 1, SILU), card))
                    .containsExactly("epilogue F32");
            Epilogue bare = new Epilogue(false, false, SILU);
            assertThat(kernels(with(BF16, MathMode.STRICT, small, 1, bare), card))
                    .containsExactly("epilogue BF16");
            ConvolutionSpec weights = Specs.convolution(Pass.WEIGHTS, BF16, 32, 64, 7, 64, 1, 1, 0, 1);
            assertThat(kernels(weights, card)).containsExactly("layouts BF16");
        }
    }

    private static List<String> kernels(ConvolutionSpec spec, PlanTarget card) {
        List<ConvolutionPlan> plans = PlanFinder.find(spec, card, LIMIT, 1);
        try (ConvolutionPlan plan = plans.get(0)) {
            return new CudnnConvolution(null, spec, plan)
                    .kernels().stream()
                            .map(source -> source.file() + " " + source.type())
                            .toList();
        }
    }

    /** Numbers go in by their addresses on the host, behind the tensors; the bias is not rounded. */
    @Test
    void numbersOfFunctionsComeFromTheHost() {
        try (DescribedCard card = new DescribedCard()) {
            List<ConvolutionPlan> plans = PlanFinder.find(
                    withFunction(BF16, MathMode.STRICT, new int[] {40, 28, 240}, 1, HARD_SWISH), card, LIMIT, 1);
            try (ConvolutionPlan plan = plans.get(0);
                    PlanTensors tensors = new PlanTensors(plan, new long[] {16, 32, 48, 64}, 256, "conv")) {
                assertThat(plan.tensors()).extracting(Tensor::type).containsExactly(BF16, BF16, F32, BF16);
                assertThat(plan.constants())
                        .extracting(GraphParts.Constant::value)
                        .containsExactly(3f, 6f, 1f / 6);
                assertThat(tensors.addresses()).hasSize(7).startsWith(16, 32, 48, 64);
                for (int i = 0; i < 3; i++) {
                    try (FloatPointer number = new FloatPointer(new Address(tensors.addresses()[4 + i]))) {
                        assertThat(number.get())
                                .isEqualTo(plan.constants().get(i).value());
                    }
                }
            }
        }
    }
}
