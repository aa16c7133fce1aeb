package io.vertebra.cuda.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.cuda.device.DeviceMemory;
import io.vertebra.cuda.device.Step;
import io.vertebra.cuda.device.Type;
import io.vertebra.cuda.emulated.KernelBench;
import io.vertebra.graph.op.Activation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What follows a convolution in place, on the emulated card. */
class EpiloguesTest {
    /** ReLU6 at -4 to 6. */
    private static final float[] RELU6 = {0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6};

    private static void finish(
            Epilogues epilogues,
            Type type,
            long y,
            long argument,
            long bias,
            long addend,
            Activation.Function function,
            long elements,
            int channels) {
        try (Step step = epilogues.finish(type, y, argument, bias, addend, function, elements, channels)) {
            step.run();
        }
    }

    /** In place, and with the sums kept. Whole packs of channels, or single ones; without a bias packs may span cells, but not the end. */
    @ParameterizedTest
    @CsvSource({
        "F32, 8, 48, true, true, finish_convolution_packed",
        "F32, 3, 48, true, true, finish_convolution",
        "F32, 3, 48, false, true, finish_convolution_packed",
        "F32, 3, 45, false, false, finish_convolution",
        "BF16, 8, 48, true, true, finish_convolution_packed",
        "BF16, 4, 48, true, false, finish_convolution",
        "BF16, 4, 48, false, false, finish_convolution_packed",
        "BF16, 3, 45, false, true, finish_convolution"
    })
    void sums_and_functions(
            Type type, int channels, int elements, boolean withBias, boolean withAddend, String kernel) {
        float[] y = new float[elements];
        float[] bias = new float[channels];
        float[] addend = new float[elements];
        float[] sums = new float[elements];
        for (int i = 0; i < elements; i++) {
            y[i] = i % 6 - 4;
            bias[i % channels] = i % channels % 3;
            addend[i] = i % 4;
            sums[i] = y[i] + (withBias ? bias[i % channels] : 0) + (withAddend ? addend[i] : 0);
        }
        try (KernelBench bench = new KernelBench()) {
            Epilogues epilogues = new Epilogues(bench.device());
            long biases = withBias ? bench.put(Type.F32, bias).address() : 0;
            long addends = withAddend ? bench.put(type, addend).address() : 0;
            for (Activation.Function function : new Activation.Function[] {null, Activation.Function.RELU6}) {
                float[] expected = new float[elements];
                for (int i = 0; i < elements; i++) {
                    expected[i] = function == null ? sums[i] : RELU6[(int) sums[i] + 4];
                }
                DeviceMemory memory = bench.put(type, y);
                finish(epilogues, type, memory.address(), 0, biases, addends, function, elements, channels);
                assertThat(bench.floats(memory, type)).containsExactly(expected);
                DeviceMemory argument = bench.put(type, y);
                DeviceMemory result = bench.room(type, elements);
                long kept = argument.address();
                finish(epilogues, type, result.address(), kept, biases, addends, function, elements, channels);
                assertThat(bench.floats(result, type)).containsExactly(expected);
                assertThat(bench.floats(argument, type)).containsExactly(sums);
            }
            assertThat(bench.device().launches(kernel)).isEqualTo(4);
        }
    }
}
