package io.vertebra.cuda.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.cuda.device.ConvolutionSpec;
import io.vertebra.cuda.device.ConvolutionSpec.Epilogue;
import io.vertebra.cuda.device.ConvolutionSpec.Geometry;
import io.vertebra.cuda.device.ConvolutionSpec.Pass;
import io.vertebra.cuda.device.MathMode;
import io.vertebra.cuda.device.Type;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Plans of cuDNN for a card that is not here. */
@Tag("slow")
class CudnnPlansTest {
    private static final long LIMIT = 1L << 30;

    @BeforeAll
    static void load() throws Exception {
        Libraries.load();
    }

    /** C, size, K, window, stride, padding, groups: every distinct convolution of the networks that cuDNN computes. */
    private static final int[][] LAYERS = {
        {3, 224, 64, 7, 2, 3, 1},
        {64, 56, 64, 1, 1, 0, 1},
        {64, 56, 64, 3, 1, 1, 1},
        {64, 56, 256, 1, 1, 0, 1},
        {256, 56, 64, 1, 1, 0, 1},
        {256, 56, 128, 1, 1, 0, 1},
        {128, 56, 128, 3, 2, 1, 1},
        {128, 28, 512, 1, 1, 0, 1},
        {256, 56, 512, 1, 2, 0, 1},
        {512, 14, 512, 3, 2, 1, 1},
        {1024, 14, 2048, 1, 2, 0, 1},
        {2048, 7, 512, 1, 1, 0, 1},
        {3, 224, 32, 3, 2, 1, 1},
        {32, 112, 16, 1, 1, 0, 1},
        {16, 112, 96, 1, 1, 0, 1},
        {96, 56, 24, 1, 1, 0, 1},
        {3, 224, 96, 4, 4, 0, 1},
        {96, 56, 192, 2, 2, 0, 1},
        {384, 14, 768, 2, 2, 0, 1},
        {128, 56, 128, 3, 1, 1, 32},
    };

    @Test
    void everyLayerHasAPlan() {
        List<String> lines = new ArrayList<>();
        try (DescribedCard card = new DescribedCard()) {
            for (int[] l : LAYERS) {
                for (Pass pass : Pass.values()) {
                    for (Type type : List.of(Type.F32, Type.BF16)) {
                        for (MathMode math : MathMode.values()) {
                            ConvolutionSpec spec = Specs.with(
                                    Specs.convolution(pass, type, 32, l[0], l[1], l[2], l[3], l[4], l[5], l[6]),
                                    math,
                                    Epilogue.NONE);
                            lines.add(line(spec, card));
                        }
                    }
                }
            }
        }
        lines.forEach(System.out::println);
    }

    private static String line(ConvolutionSpec spec, PlanTarget card) {
        long start = System.nanoTime();
        List<ConvolutionPlan> plans = PlanFinder.find(spec, card, LIMIT, 1);
        ConvolutionPlan plan = plans.get(0);
        assertThat(plan.workspace()).isBetween(0L, LIMIT);
        String line = "%s %s: %s %s %s ws %d, %d ms"
                .formatted(
                        Operators.shapes(spec),
                        spec.epilogue(),
                        plan.choice().form(),
                        plan.choice().mode(),
                        plan.name(),
                        plan.workspace(),
                        (System.nanoTime() - start) / 1000000);
        plan.close();
        return line;
    }

    @Test
    void epilogues() {
        List<String> lines = new ArrayList<>();
        Geometry same = new Geometry(1, 1, 0, 1, 1, 0, 1, 1, 1);
        try (DescribedCard card = new DescribedCard()) {
            for (Type type : List.of(Type.F32, Type.BF16)) {
                for (MathMode math : MathMode.values()) {
                    for (int bits = 0; bits < 8; bits++) {
                        Epilogue epilogue = new Epilogue((bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0);
                        lines.add(line(
                                Specs.with(
                                        Specs.convolution(Pass.FORWARD, type, 32, 64, 56, 64, 3, 1, 1, 1),
                                        math,
                                        epilogue),
                                card));
                        lines.add(line(
                                Specs.with(
                                        Specs.convolution(Pass.FORWARD, type, 32, 3, 224, 64, 7, 2, 3, 1),
                                        math,
                                        epilogue),
                                card));
                    }
                    lines.add(line(
                            Specs.with(
                                    Specs.convolution(Pass.FORWARD, type, 32, 64, 56, 64, 2, same),
                                    math,
                                    Epilogue.NONE),
                            card));
                }
            }
        }
        lines.forEach(System.out::println);
    }
}
