package io.vertebra.cuda.emulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.cuda.device.ConvolutionSpec;
import io.vertebra.cuda.device.ConvolutionSpec.Epilogue;
import io.vertebra.cuda.device.ConvolutionSpec.Geometry;
import io.vertebra.cuda.device.ConvolutionSpec.Pass;
import io.vertebra.cuda.device.DeviceMemory;
import io.vertebra.cuda.device.MathMode;
import io.vertebra.cuda.device.Prepared;
import io.vertebra.cuda.device.ProductSpec;
import io.vertebra.cuda.device.Step;
import io.vertebra.cuda.device.Type;
import io.vertebra.graph.op.Activation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class EmulatedLibraryTest {
    /** Rows of one, two channels in two groups, two taps two columns apart, a step of two, one column of zeros before. */
    private static final Geometry WINDOW = new Geometry(1, 2, 0, 1, 0, 0, 1, 2, 2);

    private static ConvolutionSpec convolution(Pass pass, Type type, Epilogue epilogue) {
        Type out = pass == Pass.WEIGHTS ? Type.F32 : type;
        return new ConvolutionSpec("c", pass, type, out, MathMode.STRICT, 1, 2, 1, 4, 2, 1, 2, 1, 2, WINDOW, epilogue);
    }

    private static float[] run(KernelBench bench, Prepared prepared, Type type, DeviceMemory... tensors) {
        try (prepared) {
            long[] addresses = new long[tensors.length + 1];
            for (int i = 0; i < tensors.length; i++) {
                addresses[i] = tensors[i].address();
            }
            addresses[tensors.length] =
                    bench.room(Type.BF16, prepared.workspace() / 2).address();
            try (Step step = prepared.bind(addresses)) {
                step.run();
            }
            return bench.floats(tensors[tensors.length - 1], type);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "BF16"})
    void convolutions_are_those_computed_by_hand(Type type) {
        try (KernelBench bench = new KernelBench()) {
            DeviceMemory x = bench.put(type, 1, 10, 2, 20, 3, 30, 4, 40);
            DeviceMemory w = bench.put(type, 1, -2, 3, 4);
            DeviceMemory bias = bench.put(Type.F32, 1, -500);
            DeviceMemory addend = bench.put(type, 2, 0, 10, 300);
            // windows: columns (-1, 1) and (1, 3)
            Prepared forward = bench.device().convolution(convolution(Pass.FORWARD, type, Epilogue.NONE));
            assertThat(run(bench, forward, type, x, w, bench.room(type, 4))).containsExactly(-4, 80, 2 - 8, 60 + 160);
            Prepared fused = bench.device()
                    .convolution(convolution(Pass.FORWARD, type, new Epilogue(true, true, Activation.Function.RELU)));
            assertThat(run(bench, fused, type, x, w, bias, addend, bench.room(type, 4)))
                    .containsExactly(0, 0, 5, 20);
            DeviceMemory kept = bench.room(type, 4);
            Epilogue epilogue = new Epilogue(true, true, Activation.Function.RELU, true);
            Prepared keeping = bench.device().convolution(convolution(Pass.FORWARD, type, epilogue));
            assertThat(run(bench, keeping, type, x, w, bias, addend, kept, bench.room(type, 4)))
                    .containsExactly(0, 0, 5, 20);
            assertThat(bench.floats(kept, type)).containsExactly(-1, -420, 5, 20);
            DeviceMemory dy = bench.put(type, 1, 2, 3, 4);
            Prepared data = bench.device().convolution(convolution(Pass.DATA, type, Epilogue.NONE));
            assertThat(run(bench, data, type, dy, w, bench.room(type, 8)))
                    .containsExactly(0, 0, -2 + 3, 8 + 12, 0, 0, -6, 16);
            Prepared weights = bench.device().convolution(convolution(Pass.WEIGHTS, type, Epilogue.NONE));
            assertThat(run(bench, weights, Type.F32, x, dy, bench.room(Type.F32, 4)))
                    .containsExactly(6, 2 + 12, 80, 40 + 160);
        }
    }

    @ParameterizedTest
    @CsvSource({"F32, F32", "BF16, BF16", "BF16, F32"})
    void products_are_those_computed_by_hand(Type in, Type out) {
        try (KernelBench bench = new KernelBench()) {
            for (int form = 0; form < 8; form++) {
                boolean a = (form & 1) != 0;
                boolean b = (form & 2) != 0;
                boolean bias = (form & 4) != 0;
                DeviceMemory left = a ? bench.put(in, 1, 3, 5, 2, 4, 6) : bench.put(in, 1, 2, 3, 4, 5, 6);
                DeviceMemory right = b ? bench.put(in, 1, -1, 10, 2) : bench.put(in, 1, 10, -1, 2);
                DeviceMemory row = bench.put(Type.F32, 100, 200);
                DeviceMemory c = bench.room(out, 6);
                Prepared product =
                        bench.device().product(new ProductSpec("p", in, out, MathMode.STRICT, 3, 2, 2, a, b, bias));
                float[] found =
                        bias ? run(bench, product, out, left, right, row, c) : run(bench, product, out, left, right, c);
                float add = bias ? 100 : 0;
                assertThat(found)
                        .containsExactly(-1 + add, 14 + 2 * add, -1 + add, 38 + 2 * add, -1 + add, 62 + 2 * add);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"STRICT, 1.0001", "TF32, 1"})
    void only_tf32_shortens_factors(MathMode math, float expected) {
        try (KernelBench bench = new KernelBench()) {
            Prepared product = bench.device()
                    .product(new ProductSpec("p", Type.F32, Type.F32, math, 1, 1, 1, false, false, false));
            DeviceMemory a = bench.put(Type.F32, 1.0001f);
            assertThat(run(bench, product, Type.F32, a, bench.put(Type.F32, 1), bench.room(Type.F32, 1)))
                    .containsExactly(expected);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "BF16"})
    void tensors_must_be_whole_and_apart(Type type) {
        try (KernelBench bench = new KernelBench()) {
            DeviceMemory x = bench.put(type, 1, 10, 2, 20, 3, 30, 4, 40);
            DeviceMemory w = bench.put(type, 1, -2, 3, 4);
            ConvolutionSpec spec = convolution(Pass.FORWARD, type, Epilogue.NONE);
            assertThatThrownBy(() -> run(bench, bench.device().convolution(spec), type, x, w, bench.room(type, 3)))
                    .hasMessageContaining("tensor 2 of c");
            assertThatThrownBy(() -> run(bench, bench.device().convolution(spec), type, x, w, x))
                    .hasMessageContaining("tensor 0 of c lies where the result goes");
            Epilogue epilogue = new Epilogue(false, false, Activation.Function.RELU, true);
            ConvolutionSpec keeping = convolution(Pass.FORWARD, type, epilogue);
            DeviceMemory y = bench.room(type, 4);
            assertThatThrownBy(() -> run(bench, bench.device().convolution(keeping), type, x, w, x, y))
                    .hasMessageContaining("tensor 0 of c lies where the result goes");
            assertThatThrownBy(() -> run(bench, bench.device().convolution(keeping), type, x, w, y, y))
                    .hasMessageContaining("tensor 2 of c lies where the result goes");
            assertThatThrownBy(() -> run(bench, bench.device().convolution(spec), type, x, w))
                    .hasMessageContaining("c takes 3 tensors and working memory");
        }
    }
}
