package io.vertebra.graph.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What users read when an operator cannot be: each text as it stands in {@code messages/operators.txt}. */
class MessagesTest {
    private static final Size ONE = Size.of(1);
    private static final Size ZERO_HIGH = new Size(0, 1);
    private static final Size ZERO_WIDE = new Size(1, 0);
    private static final Shape MAP = Shape.of(2, 6, 4, 5);
    private static final Shape ROWS = Shape.of(2, 6);

    private static Map<String, ThrowingCallable> faults() {
        Map<String, ThrowingCallable> faults = new LinkedHashMap<>();
        faults.put("convolution out", () -> conv(0, ONE, ONE, ONE, 1));
        faults.put("convolution kernel", () -> conv(6, ZERO_HIGH, ONE, ONE, 1));
        faults.put("convolution kernel width", () -> conv(6, ZERO_WIDE, ONE, ONE, 1));
        faults.put("convolution stride", () -> conv(6, ONE, ZERO_WIDE, ONE, 1));
        faults.put("convolution dilation", () -> conv(6, ONE, ONE, ZERO_HIGH, 1));
        faults.put("convolution groups", () -> conv(6, ONE, ONE, ONE, 0));
        faults.put("convolution out by groups", () -> conv(6, ONE, ONE, ONE, 4));
        faults.put(
                "convolution channels by groups",
                () -> conv(8, ONE, ONE, ONE, 4).output(List.of(MAP)));
        faults.put("convolution of rows", () -> conv(6, ONE, ONE, ONE, 1).output(List.of(ROWS)));
        faults.put(
                "convolution too high",
                () -> conv(6, new Size(5, 1), ONE, ONE, 1).output(List.of(MAP)));
        faults.put(
                "convolution too wide",
                () -> conv(6, new Size(1, 3), ONE, new Size(1, 3), 1).output(List.of(MAP)));
        Padding padded = new Padding.Explicit(1, 0, 2, 0);
        Convolution high = new Convolution(1, new Size(9, 1), ONE, padded, ONE, 1, false, Initializer.zeros());
        faults.put("convolution too high for its padding", () -> high.output(List.of(MAP)));
        faults.put("linear out", () -> new Linear(0, true, Initializer.zeros()));
        faults.put("linear of a map", () -> new Linear(3, true, Initializer.zeros()).output(List.of(MAP)));
        faults.put(
                "linear of unknown", () -> new Linear(3, true, Initializer.zeros()).output(List.of(Shape.of(2, -1))));
        faults.put("batch norm epsilon", () -> new BatchNorm(-1e-9, 0.1, false, 1));
        faults.put("batch norm momentum", () -> new BatchNorm(1e-5, 1.5, false, 1));
        faults.put("batch norm momentum below", () -> new BatchNorm(1e-5, -0.5, false, 1));
        faults.put("max pool kernel", () -> new MaxPool(ZERO_HIGH, ONE, Padding.none(), false));
        faults.put("max pool stride", () -> new MaxPool(ONE, ZERO_HIGH, Padding.none(), false));
        faults.put("max pool padding", () -> new MaxPool(Size.of(2), ONE, Padding.of(2), false));
        faults.put("max pool of rows", () -> new MaxPool(ONE, ONE, Padding.none(), false).output(List.of(ROWS)));
        faults.put("average pool kernel", () -> new AveragePool(ZERO_WIDE, ONE, Padding.none(), false, true));
        faults.put("average pool stride", () -> new AveragePool(ONE, ZERO_WIDE, Padding.none(), false, true));
        faults.put(
                "average pool padding",
                () -> new AveragePool(new Size(3, 2), ONE, new Padding.Explicit(0, 0, 1, 2), false, true));
        faults.put("adaptive grid", () -> new AdaptiveAveragePool(ZERO_WIDE));
        faults.put("adaptive of rows", () -> new AdaptiveAveragePool(ONE).output(List.of(ROWS)));
        faults.put("add", () -> new Add().output(List.of(MAP, ROWS)));
        faults.put("concat", () -> new Concat().output(List.of(MAP, MAP.with(2, 7))));
        faults.put("pad before", () -> new Pad(-1, 0, Padding.none()));
        faults.put("pad behind", () -> new Pad(0, -1, Padding.none()));
        faults.put("pad of rows", () -> new Pad(0, 0, Padding.none()).output(List.of(ROWS)));
        faults.put("dropout", () -> new Dropout(1));
        faults.put("dropout below", () -> new Dropout(-0.5));
        faults.put("drop path", () -> new DropPath(1));
        faults.put("drop path below", () -> new DropPath(-0.5));
        faults.put("smoothing", () -> new SoftmaxCrossEntropy(1, 0));
        faults.put("smoothing below", () -> new SoftmaxCrossEntropy(-0.5, 0));
        faults.put("labels of another batch", () -> loss(ROWS, Shape.of(3)));
        faults.put("labels of another map", () -> loss(MAP, Shape.of(2, 5, 4)));
        faults.put("labels of another width", () -> loss(MAP, Shape.of(2, 4, 4)));
        faults.put("labels of rows for maps", () -> loss(MAP, Shape.of(2)));
        faults.put("labels without rank", () -> loss(ROWS, Shape.of()));
        faults.put("soft labels of another batch", () -> loss(ROWS, Shape.of(3, 6)));
        faults.put("soft labels of other classes", () -> loss(ROWS, Shape.of(2, 5)));
        faults.put("soft labels of maps", () -> loss(MAP, MAP));
        faults.put("soft labels of lines", () -> loss(Shape.of(2, 6, 4), Shape.of(2, 4)));
        faults.put("input", () -> new Input(DataType.F32, Shape.of(2, 3)));
        faults.put("input without rank", () -> new Input(DataType.F32, Shape.of()));
        faults.put("negative padding", () -> Padding.of(-1));
        faults.put("extent", () -> Shape.of(-2));
        return faults;
    }

    private static Convolution conv(int out, Size kernel, Size stride, Size dilation, int groups) {
        return new Convolution(out, kernel, stride, Padding.none(), dilation, groups, false, Initializer.zeros());
    }

    private static Shape loss(Shape logits, Shape labels) {
        return new SoftmaxCrossEntropy(0, SoftmaxCrossEntropy.IGNORE).output(List.of(logits, labels));
    }

    @Test
    void areAsTheyStandInTheGolden() throws IOException {
        String actual = faults().entrySet().stream()
                .map(fault -> fault.getKey() + " | " + message(fault.getValue()) + "\n")
                .collect(Collectors.joining());
        try (InputStream in = MessagesTest.class.getResourceAsStream("/messages/operators.txt")) {
            assertThat(actual).isEqualTo(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private static String message(ThrowingCallable fault) {
        Throwable thrown = catchThrowable(fault);
        assertThat(thrown).isInstanceOf(GraphException.class);
        return thrown.getMessage();
    }

    /** The edges of the ranges that the messages state are allowed. */
    @Test
    void rangesIncludeTheirEdges() {
        assertThat(new BatchNorm(0, 0, false, 1).momentum()).isZero();
        assertThat(new BatchNorm(0, 1, false, 1).momentum()).isEqualTo(1);
        assertThat(new Dropout(0).rate()).isZero();
        assertThat(new DropPath(0).rate()).isZero();
        assertThat(new SoftmaxCrossEntropy(0, 0).smoothing()).isZero();
        assertThat(new MaxPool(new Size(2, 3), ONE, new Padding.Explicit(1, 2, 1, 2), false).padding())
                .isEqualTo(new Padding.Explicit(1, 2, 1, 2));
        assertThat(conv(6, Size.of(4), ONE, ONE, 6).output(List.of(MAP))).isEqualTo(Shape.of(2, 6, 1, 2));
        assertThat(new Pad(0, 0, Padding.none()).output(List.of(MAP))).isEqualTo(MAP);
    }

    @ParameterizedTest
    @CsvSource({"2, 0, 0, 0", "0, 3, 0, 0", "0, 0, 2, 0", "0, 0, 0, 3"})
    void noWindowLiesInThePaddingAlone(int top, int left, int bottom, int right) {
        Padding padding = new Padding.Explicit(top, left, bottom, right);
        assertThatThrownBy(() -> new MaxPool(new Size(2, 3), ONE, padding, false))
                .isInstanceOf(GraphException.class)
                .hasMessageStartingWith("padding: must be less than the window 2x3, is ");
        assertThatThrownBy(() -> new AveragePool(new Size(2, 3), ONE, padding, false, true))
                .hasMessageStartingWith("padding: must be less than the window 2x3, is ");
    }

    @Test
    void havePositionAndReason() {
        GraphException placed = new GraphException("conv1", "does not fit");
        assertThat(placed).hasMessage("conv1: does not fit");
        assertThat(placed.position()).isEqualTo("conv1");
        assertThat(placed.reason()).isEqualTo("does not fit");
        GraphException bare = new GraphException("does not fit");
        assertThat(bare).hasMessage("does not fit");
        assertThat(bare.position()).isEmpty();
    }
}
