package io.vertebra.cuda.driver;

import static io.vertebra.graph.op.Activation.Function.RELU;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.cuda.device.ConvolutionSpec;
import io.vertebra.cuda.device.ConvolutionSpec.Epilogue;
import io.vertebra.cuda.device.ConvolutionSpec.Geometry;
import io.vertebra.cuda.device.ConvolutionSpec.Pass;
import io.vertebra.cuda.device.Grid;
import io.vertebra.cuda.device.MathMode;
import io.vertebra.cuda.device.ProductSpec;
import io.vertebra.cuda.device.Type;
import io.vertebra.graph.engine.EngineException;
import io.vertebra.graph.op.Activation;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is derived from specifications before a library is asked. */
class SpecificationsTest {
    private static final ConvolutionSpec GROUPED =
            Specs.convolution(Pass.FORWARD, Type.BF16, 2, 8, 5, 12, 3, new Geometry(2, 1, 0, 1, 1, 2, 1, 1, 4));

    @Test
    void tensorsLieChannelsLast() {
        Tensor x = Tensor.x(GROUPED, 1);
        assertThat(x.sizes()).containsExactly(2L, 8L, 5L, 5L);
        assertThat(x.strides()).containsExactly(200, 1, 40, 8);
        assertThat(x.bytes()).isEqualTo(800);
        Tensor w = Tensor.w(GROUPED, 2, Type.F32);
        assertThat(w.sizes()).containsExactly(12L, 2L, 3L, 3L);
        assertThat(w.strides()).containsExactly(18, 1, 6, 2);
        assertThat(w.elements()).isEqualTo(216);
        assertThat(w.bytes()).isEqualTo(864);
        Tensor y = Tensor.y(GROUPED, 3, Type.BF16, false);
        assertThat(y.sizes()).containsExactly(2L, 12L, 2L, 6L);
        assertThat(y.strides()).containsExactly(144, 1, 72, 12);
        assertThat(Tensor.bias(GROUPED, 4, Type.F32))
                .isEqualTo(new Tensor(4, Type.F32, List.of(1L, 12L, 1L, 1L), false));
    }

    @Test
    void cellsMayHaveGapsBetweenThem() {
        ConvolutionSpec wide = Specs.with(GROUPED, MathMode.STRICT, new Epilogue(true, true, RELU))
                .inCellsOf(20);
        assertThat(wide.leavesGaps()).isTrue();
        assertThat(GROUPED.leavesGaps()).isFalse();
        assertThat(GROUPED.pitch()).isEqualTo(12);
        Tensor y = Tensor.y(wide, 3, Type.BF16, false).inCellsOf(wide.pitch());
        assertThat(y.strides()).containsExactly(240, 1, 120, 20);
        assertThat(y.bytes()).isEqualTo(576);
        assertThat(PlanForm.of(wide)).containsExactly(PlanForm.WHOLE);
        assertThat(ConvolutionPlans.sizes(wide)).containsExactly(800L, 432L, 48L, 576L, 960L);
        assertThat(ConvolutionPlans.nameless(wide).pitch()).isEqualTo(20);
        assertThatThrownBy(() -> GROUPED.inCellsOf(11))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("conv: 12 channels in cells of 11, FORWARD");
        ConvolutionSpec data = Specs.convolution(Pass.DATA, Type.BF16, 1, 8, 8, 8, 3, 1, 1, 1);
        assertThatThrownBy(() -> data.inCellsOf(9)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void formsGoFromWholeToBare() {
        assertThat(PlanForm.of(GROUPED)).containsExactly(PlanForm.WHOLE);
        assertThat(PlanForm.of(Specs.with(GROUPED, MathMode.TF32, new Epilogue(false, false, RELU))))
                .containsExactly(PlanForm.WHOLE, PlanForm.BARE);
        assertThat(PlanForm.of(Specs.convolution(Pass.WEIGHTS, Type.BF16, 1, 8, 8, 8, 3, 1, 1, 1)))
                .containsExactly(PlanForm.NARROW, PlanForm.WHOLE);
        assertThat(PlanForm.of(Specs.convolution(Pass.WEIGHTS, Type.F32, 1, 8, 8, 8, 3, 1, 1, 1)))
                .containsExactly(PlanForm.WHOLE);
        assertThat(PlanForm.of(Specs.convolution(Pass.DATA, Type.BF16, 1, 8, 8, 8, 3, 1, 1, 1)))
                .containsExactly(PlanForm.WHOLE);
    }

    /** ReLU is in engines that are there; others are compiled, where the result is large. */
    @ParameterizedTest
    @CsvSource({
        "1, 1024, true, RELU, WHOLE BARE",
        "1, 1024, true, GELU, WHOLE SUM BARE",
        "3, 1024, true, GELU, SUM WHOLE BARE",
        "1, 1024, false, GELU, WHOLE BARE",
        "3, 1024, false, GELU, BARE WHOLE",
        "1, 1023, true, GELU, SUM BARE",
        "1, 1023, false, GELU, BARE"
    })
    void functionsAreCompiledForLargeResults(
            int window, int n, boolean bias, Activation.Function function, String forms) { // 16 KiB a picture
        ConvolutionSpec bare = Specs.convolution(Pass.FORWARD, Type.BF16, n, 8, 16, 32, window, 1, window / 2, 1);
        ConvolutionSpec spec = Specs.with(bare, MathMode.STRICT, new Epilogue(bias, false, function));
        assertThat(PlanForm.of(spec).stream().map(Enum::name)).containsExactly(forms.split(" "));
        assertThat(PlanForm.of(spec.inCellsOf(40))).containsExactly(PlanForm.WHOLE);
    }

    @ParameterizedTest
    @CsvSource({"F32, STRICT, SUM BARE", "F32, TF32, WHOLE SUM BARE", "BF16, STRICT, WHOLE SUM BARE"})
    void fullPrecisionIsLeftToEnginesThatAreThere(Type type, MathMode math, String forms) {
        ConvolutionSpec bare = Specs.convolution(Pass.FORWARD, type, 1024, 8, 16, 32, 1, 1, 0, 1);
        ConvolutionSpec spec = Specs.with(bare, math, new Epilogue(true, false, Activation.Function.GELU));
        assertThat(PlanForm.of(spec).stream().map(Enum::name)).containsExactly(forms.split(" "));
        assertThat(spec.isStrict()).isEqualTo(!forms.startsWith("WHOLE"));
    }

    /** Only engines that are compiled add a bias of another type than the maps'. */
    @ParameterizedTest
    @CsvSource({"WHOLE, GELU, F32", "SUM, GELU, BF16", "WHOLE, RELU, BF16", "WHOLE, , BF16"})
    void typesOfBiases(PlanForm form, Activation.Function function, Type type) {
        Epilogue epilogue = new Epilogue(true, false, function);
        assertThat(form.biasOf(Specs.with(GROUPED, MathMode.STRICT, epilogue))).isEqualTo(type);
    }

    @ParameterizedTest
    @CsvSource({
        "false, false, false, 3",
        "true, false, false, 4",
        "false, true, false, 4",
        "true, true, false, 5",
        "false, false, true, 4",
        "true, true, true, 6"
    })
    void countsTensors(boolean bias, boolean addend, boolean keepsArgument, int count) {
        ConvolutionSpec spec = Specs.with(GROUPED, MathMode.STRICT, new Epilogue(bias, addend, RELU, keepsArgument));
        assertThat(ConvolutionTensors.count(spec)).isEqualTo(count);
        assertThat(ConvolutionPlans.sizes(spec))
                .hasSize(count)
                .startsWith(800L, 432L)
                .endsWith(576L);
        assertThat(ConvolutionPlans.sizes(spec).contains(48L)).isEqualTo(bias);
        long maps = ConvolutionPlans.sizes(spec).stream().filter(n -> n == 576).count();
        assertThat(maps).isEqualTo(1 + (addend ? 1 : 0) + (keepsArgument ? 1 : 0));
    }

    @Test
    void anArgumentIsThatOfAFunctionAndLeavesNoGaps() {
        assertThatThrownBy(() -> new Epilogue(true, false, null, true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the argument of no function is to be kept");
        ConvolutionSpec keeping = Specs.with(GROUPED, MathMode.STRICT, new Epilogue(true, false, RELU, true));
        assertThatThrownBy(() -> keeping.inCellsOf(20))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("conv: 12 channels in cells of 20, FORWARD");
    }

    @Test
    void sizesOfGradients() {
        ConvolutionSpec data = Specs.convolution(Pass.DATA, Type.F32, 1, 2, 4, 3, 3, 1, 1, 1);
        assertThat(ConvolutionPlans.sizes(data)).containsExactly(192L, 216L, 128L);
        ConvolutionSpec weights = Specs.convolution(Pass.WEIGHTS, Type.BF16, 1, 2, 4, 3, 3, 1, 1, 1);
        assertThat(ConvolutionPlans.sizes(weights)).containsExactly(64L, 96L, 216L);
        assertThat(ConvolutionTensors.count(weights)).isEqualTo(3);
    }

    @Test
    void aNameMakesNoOtherPlan() {
        ConvolutionSpec nameless = ConvolutionPlans.nameless(GROUPED);
        assertThat(nameless.name()).isEmpty();
        assertThat(Operators.shapes(nameless)).isEqualTo(Operators.shapes(GROUPED));
        assertThat(nameless).isEqualTo(ConvolutionPlans.nameless(nameless)).isNotEqualTo(GROUPED);
        ConvolutionSpec other = Specs.with(GROUPED, MathMode.TF32, GROUPED.epilogue());
        assertThat(ConvolutionPlans.nameless(other)).isNotEqualTo(nameless);
    }

    @Test
    void messagesNameOperatorAndShapes() {
        assertThat(Operators.name(GROUPED)).isEqualTo("conv (forward)");
        assertThat(Operators.shapes(GROUPED))
                .isEqualTo(
                        "x (2, 8, 5, 5), w (12, 2, 3, 3), y (2, 12, 2, 6), stride 2 1, padding 0 1 1 2, dilation 1 1,"
                                + " groups 4, bf16 to bf16, strict");
        ProductSpec product = new ProductSpec("fc", Type.BF16, Type.F32, MathMode.TF32, 2, 3, 4, true, false, true);
        assertThat(Operators.shapes(product)).isEqualTo("A (2, 4) transposed, B (4, 3), bias, bf16 to f32, tf32");
    }

    @ParameterizedTest
    @CsvSource({
        "-1, true, true",
        "0, true, false",
        "1, false, false",
        "2, false, false",
        "3, true, false",
        "4, false, false",
        "5, true, false",
        "6, true, false",
        "7, false, false",
        "8, false, false",
        "9, true, true"
    })
    void engineNotes(int note, boolean servesTf32, boolean servesStrict) { // cudnnBackendNumericalNote_t, -1: none
        List<Integer> notes = note < 0 ? List.of() : List.of(9, note);
        assertThat(Engine.serves(notes, false)).isEqualTo(servesTf32);
        assertThat(Engine.serves(notes, true)).isEqualTo(servesStrict);
    }

    @Test
    void addressesAreChecked() {
        Addresses.check("conv", new long[] {16, 32, 512}, 2, true);
        Addresses.check("conv", new long[] {16, 32, 0}, 2, false);
        assertThatThrownBy(() -> Addresses.check("conv", new long[] {16, 32}, 2, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("conv takes 2 tensors and working memory, got 2 addresses");
        assertThatThrownBy(() -> Addresses.check("conv", new long[] {16, 24, 0}, 2, false))
                .hasMessage("conv: tensor 1 lies at 24, not at a multiple of 16");
        assertThatThrownBy(() -> Addresses.check("conv", new long[] {0, 32, 0}, 2, false))
                .hasMessage("conv: tensor 0 lies at 0, not at a multiple of 16");
        assertThatThrownBy(() -> Addresses.check("conv", new long[] {16, 32, 128}, 2, true))
                .hasMessage("conv: working memory lies at 128, not at a multiple of 256");
        assertThatThrownBy(() -> Addresses.check("conv", new long[] {16, 32, 0}, 2, true))
                .hasMessageContaining("working memory");
        assertThat(Addresses.aligned(0)).isZero();
        assertThat(Addresses.aligned(1)).isEqualTo(256);
        assertThat(Addresses.aligned(256)).isEqualTo(256);
        assertThat(Addresses.aligned(257)).isEqualTo(512);
    }

    @Test
    void argumentsHaveTheSizesOfTheirParameters() {
        assertThat(Launch.bytes(1L)).isEqualTo(8);
        assertThat(Launch.bytes(1)).isEqualTo(4);
        assertThat(Launch.bytes(1f)).isEqualTo(4);
        assertThatThrownBy(() -> Launch.bytes(1.0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void launchesMustFitTheKernel() {
        Kernels.Kernel kernel = new Kernels.Kernel("sums.cu: sum", null, List.of(8, 4, 4), 512);
        Launch.check(kernel, Grid.of(1, 512), List.of(1L, 2, 3f));
        assertThatThrownBy(() -> Launch.check(kernel, Grid.of(1, 512), List.of(1L, 2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("sums.cu: sum takes parameters of [8, 4, 4] bytes, got [8, 4]");
        assertThatThrownBy(() -> Launch.check(kernel, Grid.of(1, 544), List.of(1L, 2, 3f)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("sums.cu: sum runs in blocks of at most 512 threads on this card, not of 544");
    }

    @Test
    void outOfMemorySaysHowMuch() {
        EngineException e = CudaMemory.outOfMemory("activations", 3L << 29, 5L << 27);
        assertThat(e)
                .hasMessage("cuda: activations: needs 1536.0 MiB of the card, 640.0 MiB are free; use a smaller batch");
        assertThat(e.kind()).isEqualTo(EngineException.Kind.OUT_OF_MEMORY);
    }

    @Test
    void descriptionsNameTheVersions() {
        assertThat(Card.describe("NVIDIA H200", 90, 13020, 92400))
                .isEqualTo("NVIDIA H200, capability 9.0, CUDA 13.2, cuDNN 9.24.0");
    }

    @Test
    void faultsAreOneLine() {
        assertThat(Status.failed(
                        EngineException.Kind.FAILED, "conv1", "cudnnBackendExecute", "STATUS", " first\n  second\n"))
                .hasMessage("cuda: conv1: cudnnBackendExecute: STATUS (first; second)");
        assertThat(Status.failed(EngineException.Kind.FAILED, "conv1", "f", "STATUS", "\n"))
                .hasMessage("cuda: conv1: f: STATUS");
    }
}
