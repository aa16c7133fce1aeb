package io.vertebra.cuda.driver;

import static io.vertebra.graph.op.Activation.Function.GELU;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.cuda.device.ConvolutionSpec;
import io.vertebra.cuda.device.ConvolutionSpec.Epilogue;
import io.vertebra.cuda.device.ConvolutionSpec.Pass;
import io.vertebra.cuda.device.MathMode;
import io.vertebra.cuda.device.Type;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConvolutionTensorsTest {
    private static ConvolutionSpec forward(Epilogue epilogue) {
        return Specs.with(
                Specs.convolution(Pass.FORWARD, Type.BF16, 1, 8, 8, 8, 1, 1, 0, 1), MathMode.STRICT, epilogue);
    }

    private static ConvolutionTensors tensors(ConvolutionSpec spec) {
        int count = ConvolutionTensors.count(spec);
        return ConvolutionTensors.of(
                spec, LongStream.rangeClosed(1, count + 1).map(i -> 256 * i).toArray());
    }

    private static String ofPlan(ConvolutionTensors tensors, PlanForm form) {
        return Arrays.stream(tensors.ofPlan(form))
                .mapToObj(a -> String.valueOf(a / 256))
                .collect(Collectors.joining(" "));
    }

    /** Numbers are places in the order of the specification, the working memory last. */
    @ParameterizedTest
    @CsvSource({
        "false, false, false, 1 2 3, 1 2 3, 1 2 3",
        "true, false, false, 1 2 3 4, 1 2 3 4, 1 2 4",
        "true, true, false, 1 2 3 4 5, 1 2 3 4 5, 1 2 5",
        "false, false, true, 1 2 3 4, 1 2 3, 1 2 3",
        "true, false, true, 1 2 3 4 5, 1 2 3 4, 1 2 4",
        "true, true, true, 1 2 3 4 5 6, 1 2 3 4 5, 1 2 5"
    })
    void formsTakeWhatTheyCompute(
            boolean bias, boolean addend, boolean keepsArgument, String whole, String sum, String bare) {
        ConvolutionTensors tensors = tensors(forward(new Epilogue(bias, addend, GELU, keepsArgument)));
        assertThat(ofPlan(tensors, PlanForm.WHOLE)).isEqualTo(whole);
        assertThat(ofPlan(tensors, PlanForm.SUM)).isEqualTo(sum);
        assertThat(ofPlan(tensors, PlanForm.BARE)).isEqualTo(bare);
    }

    @Test
    void eachHasItsPlace() {
        assertThat(tensors(forward(new Epilogue(true, true, GELU, true))))
                .isEqualTo(new ConvolutionTensors(256, 512, 768, 1024, 1280, 1536, 1792));
        assertThat(tensors(forward(new Epilogue(false, true, GELU))))
                .isEqualTo(new ConvolutionTensors(256, 512, 0, 768, 0, 1024, 1280));
    }

    @Test
    void aRoundedBiasLiesElsewhere() {
        ConvolutionTensors tensors = tensors(forward(new Epilogue(true, false, GELU)));
        assertThat(ofPlan(tensors.withBias(tensors.workspace()), PlanForm.SUM)).isEqualTo("1 2 5 4");
    }

    @Test
    void gradientsOfWeightsMayGoThroughTheWorkingMemory() {
        ConvolutionTensors tensors = tensors(Specs.convolution(Pass.WEIGHTS, Type.BF16, 1, 8, 8, 8, 1, 1, 0, 1));
        assertThat(ofPlan(tensors, PlanForm.NARROW)).isEqualTo("1 2 4");
        assertThat(ofPlan(tensors, PlanForm.WHOLE)).isEqualTo("1 2 3");
    }
}
