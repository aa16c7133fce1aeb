package io.vertebra.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.cuda.device.ConvolutionSpec;
import io.vertebra.cuda.device.ConvolutionSpec.Epilogue;
import io.vertebra.cuda.device.ConvolutionSpec.Geometry;
import io.vertebra.cuda.device.ConvolutionSpec.Pass;
import io.vertebra.cuda.device.Device;
import io.vertebra.cuda.device.DeviceMemory;
import io.vertebra.cuda.device.Functions;
import io.vertebra.cuda.device.Grid;
import io.vertebra.cuda.device.HostMemory;
import io.vertebra.cuda.device.KernelSource;
import io.vertebra.cuda.device.MathMode;
import io.vertebra.cuda.device.Prepared;
import io.vertebra.cuda.device.ProductSpec;
import io.vertebra.cuda.device.Resource;
import io.vertebra.cuda.device.Step;
import io.vertebra.cuda.device.Type;
import io.vertebra.cuda.device.UploadQueue;
import io.vertebra.graph.engine.EngineException;
import io.vertebra.graph.op.Activation;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Each thing that a plan asks of a device, alone and against results by hand, so that a failure names the broken piece. */
abstract class DeviceSmokeTest {
    private static final int CHANNELS = 8;
    /** Of the eight channels of a map, the one that is not 0. */
    private static final int CHANNEL = 5;

    private final Deque<Resource> held = new ArrayDeque<>();
    private Device device;

    /** A new device. */
    abstract Device open();

    @BeforeEach
    void start() {
        device = open();
        held.push(device);
    }

    @AfterEach
    void end() {
        release(0);
    }

    /** All but the first so many. */
    private void release(int first) {
        while (held.size() > first) {
            held.pop().close();
        }
    }

    @Test
    void memory_comes_back_as_it_went_and_is_cleared_where_asked() {
        DeviceMemory memory = put(Type.F32, 1, 2, 3, 4);
        assertThat(get(memory, Type.F32, 4)).containsExactly(1, 2, 3, 4);
        hold(device.clear(memory.address() + 4, 8)).run();
        assertThat(get(memory, Type.F32, 4)).containsExactly(1, 0, 0, 4);
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "BF16"})
    void a_kernel_takes_addresses_null_and_numbers(Type type) {
        DeviceMemory y = put(type, 1, -2, 3, -4, 5, -6);
        DeviceMemory bias = put(Type.F32, 1, -1, 4);
        finish(type, y, bias, 6, 3).run();
        assertThat(get(y, type, 6)).containsExactly(2, 0, 7, 0, 4, 0);
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "BF16"})
    void a_convolution_adds_its_bias_and_cuts(Type type) {
        DeviceMemory y = room(type, 4 * CHANNELS);
        convolution(type, put(type, map(1, 2, 3, 4, 5, 6, 7, 8, 9)), y).run();
        assertThat(get(y, type, 4 * CHANNELS)).containsExactly(results(0, 3, 1, 1, 5, 0, 7, 0));
    }

    /** Values at -4 to 7: sums of a cell's number, of ten from -4, and a bias of 0, 1 or 2. */
    @ParameterizedTest
    @CsvSource({
        "RELU, 0 0 0 0 0 1 2 3 4 5 6 7",
        "RELU6, 0 0 0 0 0 1 2 3 4 5 6 6",
        "LEAKY_RELU, -0.4 -0.3 -0.2 -0.1 0 1 2 3 4 5 6 7",
        "SILU, -0.07194484 -0.1422776 -0.2384058 -0.2689414 0 0.7310586 1.761594 2.857722 3.928055 4.966536 5.985164 6.993622",
        "SIGMOID, 0.01798621 0.04742587 0.1192029 0.2689414 0.5 0.7310586 0.8807971 0.9525741 0.9820138 0.9933071 0.9975274 0.9990889",
        "TANH, -0.9993293 -0.9950548 -0.9640276 -0.7615942 0 0.7615942 0.9640276 0.9950548 0.9993293 0.9999092 0.9999877 0.9999983",
        "HARD_SWISH, 0 0 -0.3333333 -0.3333333 0 0.6666667 1.666667 3 4 5 6 7",
        "HARD_SIGMOID, 0 0 0.1666667 0.3333333 0.5 0.6666667 0.8333333 1 1 1 1 1",
        "GELU, -0.0001266849 -0.00404969 -0.04550026 -0.1586553 0 0.8413447 1.9545 2.99595 3.999873 4.999999 6 7"
    })
    void a_convolution_applies_a_function(Activation.Function function, String values) {
        double[] expected = Arrays.stream(values.split(" "))
                .mapToDouble(Double::parseDouble)
                .toArray();
        for (boolean keepsArgument : new boolean[] {false, true}) {
            function(function, keepsArgument, Type.F32, 2, expected, 1e-5);
            function(function, keepsArgument, Type.BF16, 2, expected, 4e-3);
            function(function, keepsArgument, Type.BF16, 256, expected, 4e-3); // for so much cuDNN compiles an engine
        }
    }

    private void function(
            Activation.Function function,
            boolean keepsArgument,
            Type type,
            int rows,
            double[] expected,
            double tolerance) {
        int before = held.size();
        int columns = 512;
        int filters = 64;
        float[] x = new float[rows * columns * CHANNELS];
        for (int cell = 0; cell < rows * columns; cell++) {
            x[cell * CHANNELS + CHANNEL] = cell % 10 - 4;
        }
        float[] w = new float[filters * CHANNELS];
        float[] bias = new float[filters];
        for (int k = 0; k < filters; k++) {
            w[k * CHANNELS + CHANNEL] = 1;
            bias[k] = k % 3;
        }
        Prepared code = hold(device.convolution(new ConvolutionSpec(
                "conv",
                Pass.FORWARD,
                type,
                type,
                MathMode.STRICT,
                1,
                CHANNELS,
                rows,
                columns,
                filters,
                1,
                1,
                rows,
                columns,
                new Geometry(1, 1, 0, 0, 0, 0, 1, 1, 1),
                new Epilogue(true, false, function, keepsArgument))));
        int size = rows * columns * filters;
        DeviceMemory y = hold(device.allocate((long) size * type.bytes(), "values"));
        long argumentBytes = keepsArgument ? (long) size * type.bytes() : type.bytes();
        DeviceMemory argument = hold(device.allocate(argumentBytes, "arguments"));
        LongStream.Builder tensors = LongStream.builder()
                .add(put(type, x).address())
                .add(put(type, w).address())
                .add(put(Type.F32, bias).address());
        if (keepsArgument) {
            tensors.add(argument.address());
        }
        hold(code.bind(tensors.add(y.address()).add(working(code)).build().toArray()))
                .run();
        float[] found = get(y, type, size);
        float[] kept = get(argument, type, keepsArgument ? size : 0);
        for (int i = 0; i < size; i += i == 5000 ? Math.max(1, size - 12_000) : 1) { // both ends
            double value = expected[i / filters % 10 + i % filters % 3];
            assertThat((double) found[i])
                    .as("%s at %d by %s", function, i, code.implementation())
                    .isCloseTo(value, within(tolerance * Math.max(Math.abs(value), 1e-2)));
            if (keepsArgument) {
                assertThat(kept[i]).as("argument %d", i).isEqualTo(i / filters % 10 - 4 + i % filters % 3);
            }
        }
        release(before);
    }

    /** The second half of cells of twice as many channels. */
    @ParameterizedTest
    @EnumSource(names = {"F32", "BF16"})
    void a_convolution_leaves_gaps(Type type) {
        DeviceMemory y = put(type, new float[4 * 2 * CHANNELS]);
        DeviceMemory x = put(type, map(1, 2, 3, 4, 5, 6, 7, 8, 9));
        convolution(type, x, y.address() + (long) CHANNELS * type.bytes(), 2 * CHANNELS)
                .run();
        float[] dense = results(0, 3, 1, 1, 5, 0, 7, 0);
        float[] expected = new float[4 * 2 * CHANNELS];
        for (int i = 0; i < dense.length; i++) {
            expected[(i / CHANNELS * 2 + 1) * CHANNELS + i % CHANNELS] = dense[i];
        }
        assertThat(get(y, type, expected.length)).containsExactly(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "F32, false, false, false", "F32, false, true, false", "F32, true, false, false", "F32, true, true, false",
        "F32, false, false, true", "F32, false, true, true", "F32, true, false, true", "F32, true, true, true",
        "BF16, false, false, false", "BF16, false, true, false", "BF16, true, false, false", "BF16, true, true, false",
        "BF16, false, false, true", "BF16, false, true, true", "BF16, true, false, true", "BF16, true, true, true",
    })
    void a_product_reads_its_factors_as_they_lie(Type type, boolean transposeA, boolean transposeB, boolean bias) {
        DeviceMemory a = transposeA ? put(type, 1, 4, 2, 5, 3, 6) : put(type, 1, 2, 3, 4, 5, 6);
        DeviceMemory b = transposeB
                ? put(type, 1, 0, 3, 0, 1, -2, 2, 1, 0, -1, 2, 1)
                : put(type, 1, 0, 2, -1, 0, 1, 1, 2, 3, -2, 0, 1);
        for (Type out : List.of(type, Type.F32)) {
            ProductSpec spec =
                    new ProductSpec("product", type, out, MathMode.STRICT, 2, 4, 3, transposeA, transposeB, bias);
            Prepared code = hold(device.product(spec));
            DeviceMemory c = room(out, 8);
            long working = working(code);
            Step step = bias
                    ? code.bind(
                            a.address(),
                            b.address(),
                            put(Type.F32, 10, 20, 30, 40).address(),
                            c.address(),
                            working)
                    : code.bind(a.address(), b.address(), c.address(), working);
            hold(step).run();
            float[] expected =
                    bias ? new float[] {20, 16, 34, 46, 32, 13, 43, 52} : new float[] {10, -4, 4, 6, 22, -7, 13, 12};
            assertThat(get(c, out, 8))
                    .as("to %s by %s", out, code.implementation())
                    .containsExactly(expected);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "BF16"})
    void a_recorded_sequence_reads_what_is_there_when_it_runs(Type type) {
        DeviceMemory x = room(type, 9 * CHANNELS);
        DeviceMemory y = room(type, 4 * CHANNELS);
        DeviceMemory unit = put(type, unit(CHANNELS));
        DeviceMemory z = room(type, 4 * CHANNELS);
        HostMemory in = hold(device.pin(x.bytes(), "the input"));
        HostMemory out = hold(device.pin(z.bytes(), "the output"));
        Prepared product = hold(device.product(
                new ProductSpec("product", type, type, MathMode.STRICT, 4, CHANNELS, CHANNELS, false, false, false)));
        List<Step> steps = List.of(
                hold(device.upload(in, 0, x.address(), x.bytes())),
                hold(device.clear(y.address(), y.bytes())),
                convolution(type, x, y),
                hold(product.bind(y.address(), unit.address(), z.address(), working(product))),
                finish(type, z, put(Type.F32, 0, -1, 0, 0, 0, 0, 0, 0), 4 * CHANNELS, CHANNELS),
                hold(device.download(z.address(), out, 0, z.bytes())));
        write(in, type, map(1, 2, 3, 4, 5, 6, 7, 8, 9));
        steps.forEach(Step::run);
        device.synchronize();
        float[] first = results(0, 2, 1, 0, 5, 0, 7, 0);
        assertThat(read(out, type, 4 * CHANNELS)).as("one by one").containsExactly(first);

        Step recorded = hold(device.record(steps));
        write(in, type, map(0, 0, 0, 0, 9, 0, 0, 0, 0));
        recorded.run();
        device.synchronize();
        assertThat(read(out, type, 4 * CHANNELS)).as("recorded").containsExactly(results(2, 5, 0, 5, 0, 0, 2, 0));
        write(in, type, map(1, 2, 3, 4, 5, 6, 7, 8, 9));
        recorded.run();
        device.synchronize();
        assertThat(read(out, type, 4 * CHANNELS)).as("again").containsExactly(first);
    }

    @Test
    void uploads_run_beside_the_queue_and_each_waits_for_the_other_where_told() {
        DeviceMemory here = put(Type.F32, 1, 2, 3, 4);
        DeviceMemory there = put(Type.F32, 0, 0, 0, 0);
        HostMemory host = hold(device.pin(16, "the next values"));
        UploadQueue uploads = hold(device.uploads());
        write(host, Type.F32, 5, 6, 7, 8);
        uploads.upload(host, 4, there.address(), 12);
        uploads.leadDevice();
        device.copy(there.address() + 4, here.address(), 8);
        uploads.followDevice();
        uploads.synchronize();
        write(host, Type.F32, 9, 9, 9, 9);
        uploads.upload(host, 0, there.address(), 16);
        assertThat(get(here, Type.F32, 4)).containsExactly(7, 8, 3, 4);
        uploads.synchronize();
        assertThat(get(there, Type.F32, 4)).containsExactly(9, 9, 9, 9);
    }

    @Test
    void too_much_memory_is_refused_with_its_purpose_and_does_no_harm() {
        assertThatThrownBy(() -> device.allocate(device.free() + (1 << 20), "a map of the moon"))
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.kind()).isEqualTo(EngineException.Kind.OUT_OF_MEMORY))
                .hasMessageContaining("a map of the moon");
        assertThat(get(put(Type.F32, 7), Type.F32, 1)).containsExactly(7);
    }

    /** Two by two over three by three cells: x[i][j] + x[i+1][j+1] - 7 and 6 - x[i][j] - x[i][j+1] in the first two channels. */
    private Step convolution(Type type, DeviceMemory x, DeviceMemory y) {
        return convolution(type, x, y.address(), CHANNELS);
    }

    private Step convolution(Type type, DeviceMemory x, long y, int pitch) {
        float[] w = new float[CHANNELS * 4 * CHANNELS];
        int[] taps = {0, 3, 4, 5}; // of four a filter
        float[] factors = {1, 1, -1, -1};
        for (int i = 0; i < taps.length; i++) {
            w[taps[i] * CHANNELS + CHANNEL] = factors[i];
        }
        Geometry geometry = new Geometry(1, 1, 0, 0, 0, 0, 1, 1, 1);
        Epilogue epilogue = new Epilogue(true, false, Activation.Function.RELU);
        Prepared code = hold(device.convolution(new ConvolutionSpec(
                "conv",
                Pass.FORWARD,
                type,
                type,
                MathMode.STRICT,
                1,
                CHANNELS,
                3,
                3,
                CHANNELS,
                2,
                2,
                2,
                2,
                geometry,
                epilogue,
                pitch)));
        DeviceMemory bias = put(Type.F32, -7, 6, 0, 0, 0, 0, 0, 0);
        return hold(code.bind(x.address(), put(type, w).address(), bias.address(), y, working(code)));
    }

    private Step finish(Type type, DeviceMemory y, DeviceMemory bias, long elements, int channels) {
        return hold(device.launch(
                new KernelSource("epilogue", type),
                "finish_convolution",
                Grid.over(elements),
                List.of(
                        y.address(),
                        0L,
                        bias.address(),
                        0L,
                        Functions.number(Activation.Function.RELU),
                        elements,
                        channels)));
    }

    /** Cells of a map, in one of its channels. */
    private static float[] map(float... cells) {
        float[] map = new float[cells.length * CHANNELS];
        for (int i = 0; i < cells.length; i++) {
            map[i * CHANNELS + CHANNEL] = cells[i];
        }
        return map;
    }

    /** Cells of a map, in the first two channels. */
    private static float[] results(float... pairs) {
        float[] map = new float[pairs.length / 2 * CHANNELS];
        for (int i = 0; i < pairs.length; i++) {
            map[i / 2 * CHANNELS + i % 2] = pairs[i];
        }
        return map;
    }

    private static float[] unit(int size) {
        float[] matrix = new float[size * size];
        for (int i = 0; i < size; i++) {
            matrix[i * size + i] = 1;
        }
        return matrix;
    }

    /** Closed after the test, the last first. */
    final <R extends Resource> R hold(R resource) {
        held.push(resource);
        return resource;
    }

    private long working(Prepared code) {
        return hold(device.allocate(Math.max(1, code.workspace()), "working memory"))
                .address();
    }

    /** Memory full of what no result is. */
    private DeviceMemory room(Type type, int elements) {
        float[] other = new float[elements];
        Arrays.fill(other, -99);
        return put(type, other);
    }

    private DeviceMemory put(Type type, float... values) {
        long bytes = (long) values.length * type.bytes();
        DeviceMemory memory = hold(device.allocate(bytes, "values"));
        HostMemory host = hold(device.pin(bytes, "values"));
        write(host, type, values);
        hold(device.upload(host, 0, memory.address(), bytes)).run();
        return memory;
    }

    private float[] get(DeviceMemory memory, Type type, int elements) {
        HostMemory host = hold(device.pin((long) elements * type.bytes(), "values"));
        hold(device.download(memory.address(), host, 0, (long) elements * type.bytes()))
                .run();
        device.synchronize();
        return read(host, type, elements);
    }

    /** Values that bf16 has. */
    private static void write(HostMemory host, Type type, float... values) {
        for (int i = 0; i < values.length; i++) {
            if (type == Type.F32) {
                host.bytes().putFloat(4 * i, values[i]);
            } else {
                host.bytes().putShort(2 * i, (short) (Float.floatToIntBits(values[i]) >>> 16));
            }
        }
    }

    private static float[] read(HostMemory host, Type type, int elements) {
        float[] values = new float[elements];
        for (int i = 0; i < elements; i++) {
            values[i] = type == Type.F32
                    ? host.bytes().getFloat(4 * i)
                    : Float.intBitsToFloat(host.bytes().getShort(2 * i) << 16);
        }
        return values;
    }
}
