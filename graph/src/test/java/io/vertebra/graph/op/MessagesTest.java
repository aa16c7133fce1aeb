package io.vertebra.graph.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertebra.graph.op.SoftmaxCrossEntropy.Hardest;
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
    private static final Shape ANCHORS = Shape.of(2, 7, 4);

    private static Map<String, ThrowingCallable> faults() {
        Map<String, ThrowingCallable> faults = new LinkedHashMap<>();
        faults.put("convolution out", () -> conv(0, ONE, ONE, ONE, 1));
        faults.put("convolution kernel", () -> conv(6, ZERO_HIGH, ONE, ONE, 1));
        faults.put("convolution kernel width", () -> conv(6, ZERO_WIDE, ONE, ONE, 1));
        faults.put("convolution stride", () -> conv(6, ONE, ZERO_WIDE, ONE, 1));
        faults.put("convolution dilation", () -> conv(6, ONE, ONE, ZERO_HIGH, 1));
        faults.put("convolution initial bias", () -> biased(true, Double.NaN));
        faults.put("convolution initial bias without a bias", () -> biased(false, -0.5));
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
        faults.put("scaled add", () -> new ScaledAdd(-1).output(List.of(MAP, ROWS)));
        faults.put("factor", () -> new ScaledAdd(Double.NaN));
        faults.put("factor of no float", () -> new ScaledAdd(-1e39));
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
        faults.putAll(lossFaults());
        faults.putAll(denseFaults());
        faults.putAll(modernFaults());
        faults.putAll(RegionFaults.all());
        faults.put("input", () -> new Input(DataType.F32, Shape.of(2, 3)));
        faults.put("input without rank", () -> new Input(DataType.F32, Shape.of()));
        faults.put("negative padding", () -> Padding.of(-1));
        faults.put("extent", () -> Shape.of(-2));
        return faults;
    }

    private static Map<String, ThrowingCallable> lossFaults() {
        Map<String, ThrowingCallable> faults = new LinkedHashMap<>();
        faults.put("class weight below", () -> weighted(1.0, -0.5));
        faults.put("class weight without end", () -> weighted(1.0, Double.POSITIVE_INFINITY));
        faults.put("class weight of none", () -> weighted(1.0, Double.NaN));
        faults.put("class weights of other classes", () -> weighted(1.0, 2.0).output(List.of(ROWS, Shape.of(2))));
        faults.put("hardest threshold", () -> new Hardest(1.25, 1));
        faults.put("hardest threshold below", () -> new Hardest(-0.25, 1));
        faults.put("hardest kept", () -> new Hardest(0.5, 0));
        SoftmaxCrossEntropy hardest =
                new SoftmaxCrossEntropy(0, 255, List.of(), new Hardest(0.5, 1), SoftmaxCrossEntropy.Average.VALID);
        faults.put("hardest of soft labels", () -> hardest.output(List.of(ROWS, ROWS)));
        faults.put("smooth", () -> new SoftmaxDice(0, 255));
        faults.put("smooth without end", () -> new SoftmaxDice(Double.POSITIVE_INFINITY, 255));
        faults.put("overlap of rows", () -> new SoftmaxDice(1, 255).output(List.of(ROWS, Shape.of(2))));
        faults.put("overlap of another map", () -> new SoftmaxDice(1, 255).output(List.of(MAP, Shape.of(2, 5, 4))));
        faults.put("hard negatives ratio", () -> new HardNegativeCrossEntropy(-0.5, 0));
        faults.put("hard negatives ratio without end", () -> new HardNegativeCrossEntropy(Double.NaN, 0));
        faults.put("hard negatives least", () -> new HardNegativeCrossEntropy(3, -1));
        HardNegativeCrossEntropy negatives = new HardNegativeCrossEntropy(3, 0);
        faults.put("hard negatives of maps", () -> negatives.output(List.of(MAP, Shape.of(2, 4, 5))));
        faults.put("hard negatives of other anchors", () -> negatives.output(List.of(ANCHORS, Shape.of(2, 8))));
        faults.put("focal alpha", () -> new SigmoidFocal(1.5, 2, false));
        faults.put("focal alpha without end", () -> new SigmoidFocal(Double.NEGATIVE_INFINITY, 2, false));
        faults.put("focal gamma", () -> new SigmoidFocal(0.25, -1, false));
        faults.put("focal gamma without end", () -> new SigmoidFocal(0.25, Double.POSITIVE_INFINITY, false));
        SigmoidFocal focal = new SigmoidFocal(0.25, 2, false);
        faults.put("focal of rows", () -> focal.output(List.of(ROWS, Shape.of(2))));
        faults.put("focal of another batch", () -> focal.output(List.of(ANCHORS, Shape.of(3, 7))));
        faults.put(
                "smooth l1 of columns",
                () -> new BoxSmoothL1(1).output(List.of(Shape.of(2, 7, 3), Shape.of(2, 7, 3), Shape.of(2, 7))));
        faults.put("smooth l1 beta", () -> new BoxSmoothL1(-0.5));
        faults.put("smooth l1 beta of none", () -> new BoxSmoothL1(Double.NaN));
        BoxSmoothL1 boxes = new BoxSmoothL1(1);
        faults.put("boxes of other targets", () -> boxes.output(List.of(ANCHORS, ROWS, Shape.of(2, 7))));
        faults.put("boxes of other anchors", () -> boxes.output(List.of(ANCHORS, ANCHORS, Shape.of(2, 6))));
        faults.put("weights of no loss", () -> new WeightedSum(List.of()));
        faults.put("weight of a loss", () -> new WeightedSum(List.of(1.0, Double.NaN)));
        faults.put("sum of rows", () -> new WeightedSum(List.of(1.0, 2.0)).output(List.of(Shape.of(), ROWS)));
        return faults;
    }

    private static Map<String, ThrowingCallable> denseFaults() {
        Map<String, ThrowingCallable> faults = new LinkedHashMap<>();
        faults.put("nearest with corners", () -> new Resize(Resize.Filter.NEAREST, true));
        Resize resize = new Resize(Resize.Filter.BILINEAR, false);
        faults.put("resize without a filter", () -> new Resize(null, false));
        faults.put("map rows of unknown channels", () -> new MapRows(2).output(List.of(Shape.of(2, -1, 4, 4))));
        faults.put("cross entropy without an average", () -> new SoftmaxCrossEntropy(0, 0, List.of(), null, null));
        faults.put("resize of rows", () -> resize.output(List.of(ROWS, MAP)));
        faults.put("resize like rows", () -> resize.output(List.of(MAP, ROWS)));
        faults.put("l2 norm epsilon", () -> new L2Norm(0, 20));
        faults.put("l2 norm of rows", () -> new L2Norm(1, 20).output(List.of(ROWS)));
        faults.put("rows of no columns", () -> new MapRows(0));
        faults.put("rows of rows", () -> new MapRows(3).output(List.of(ROWS)));
        faults.put("rows of other channels", () -> new MapRows(4).output(List.of(MAP)));
        faults.put("concat of other columns", () -> new Concat().output(List.of(ANCHORS, ANCHORS.with(2, 5))));
        Shape rois = Shape.of(9, 5);
        faults.put("roi align output", () -> new RoiAlign(ZERO_HIGH, 1, 2, true));
        faults.put("roi align scale", () -> new RoiAlign(ONE, 0, 2, true));
        faults.put("roi align scale without end", () -> new RoiAlign(ONE, Double.POSITIVE_INFINITY, 2, true));
        faults.put("roi align samples", () -> new RoiAlign(ONE, 1, -1, true));
        faults.put("roi align of rows", () -> new RoiAlign(ONE, 1, 2, true).output(List.of(ROWS, rois)));
        faults.put("roi align of boxes", () -> new RoiAlign(ONE, 1, 2, true).output(List.of(MAP, Shape.of(9, 4))));
        faults.put("roi align of maps", () -> new RoiAlign(ONE, 1, 2, true).output(List.of(MAP, MAP.with(1, 5))));
        faults.put("roi pool output", () -> new RoiPool(ZERO_WIDE, 1));
        faults.put("roi pool scale", () -> new RoiPool(ONE, -1));
        faults.put("roi pool of no scale", () -> new RoiPool(ONE, 0));
        faults.put("roi pool of no number", () -> new RoiPool(ONE, Double.NaN));
        faults.put("roi pool scale without end", () -> new RoiPool(ONE, Double.POSITIVE_INFINITY));
        faults.put("roi pool of boxes", () -> new RoiPool(ONE, 1).output(List.of(MAP, Shape.of(9, 6))));
        return faults;
    }

    private static Map<String, ThrowingCallable> modernFaults() {
        Map<String, ThrowingCallable> faults = new LinkedHashMap<>();
        faults.put("layer norm epsilon", () -> new LayerNorm(-1e-9));
        faults.put("layer norm epsilon without end", () -> new LayerNorm(Double.POSITIVE_INFINITY));
        faults.put("layer norm of lines", () -> new LayerNorm(1e-6).output(List.of(ANCHORS)));
        faults.put("group norm groups", () -> new GroupNorm(0, 1e-5, 1));
        faults.put("group norm epsilon", () -> new GroupNorm(1, -1e-9, 1));
        faults.put("group norm epsilon of none", () -> new GroupNorm(1, Double.NaN, 1));
        faults.put("group norm scale", () -> new GroupNorm(1, 1e-5, Double.NaN));
        faults.put("group norm of rows", () -> new GroupNorm(1, 1e-5, 1).output(List.of(ROWS)));
        faults.put("group norm of other channels", () -> new GroupNorm(4, 1e-5, 1).output(List.of(MAP)));
        faults.put("multiply by other channels", () -> new Multiply().output(List.of(MAP, Shape.of(2, 3, 1, 1))));
        faults.put("multiply by another size", () -> new Multiply().output(List.of(MAP, Shape.of(2, 6, 4, 1))));
        faults.put("multiply a row", () -> new Multiply().output(List.of(ROWS, Shape.of(2, 6, 1, 1))));
        faults.put("layer scale", () -> new LayerScale(Double.NEGATIVE_INFINITY));
        faults.put("layer scale of rows", () -> new LayerScale(1).output(List.of(ROWS)));
        faults.put("shuffle groups", () -> new ChannelShuffle(0));
        faults.put("shuffle of rows", () -> new ChannelShuffle(2).output(List.of(ROWS)));
        faults.put("shuffle of other channels", () -> new ChannelShuffle(4).output(List.of(MAP)));
        faults.put("select nothing", () -> new ChannelSelect(0));
        faults.put("select of a list", () -> new ChannelSelect(2).output(List.of(Shape.of(2, 6, 4))));
        faults.put("index of too many", () -> new ChannelSelect(2).parameters(List.of(MAP.with(1, (1 << 24) + 1))));
        faults.put("slice from", () -> new Slice(-1, 2));
        faults.put("slice of nothing", () -> new Slice(2, 2));
        faults.put("slice of rows", () -> new Slice(0, 2).output(List.of(ROWS)));
        faults.put("slice beyond the channels", () -> new Slice(0, 7).output(List.of(MAP)));
        return faults;
    }

    private static SoftmaxCrossEntropy weighted(Double... weights) {
        return new SoftmaxCrossEntropy(0, 255, List.of(weights), null, SoftmaxCrossEntropy.Average.VALID);
    }

    private static Convolution biased(boolean bias, double initial) {
        return new Convolution(1, ONE, ONE, Padding.none(), ONE, 1, bias, Initializer.zeros(), initial);
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
        assertThat(weighted(0.0, 1.0).classWeights()).containsExactly(0.0, 1.0);
        assertThat(new Hardest(0, 1).threshold()).isZero();
        assertThat(new Hardest(1, 1).threshold()).isEqualTo(1);
        assertThat(new HardNegativeCrossEntropy(0, 0).ratio()).isZero();
        assertThat(new SigmoidFocal(1, 0, false).alpha()).isEqualTo(1);
        assertThat(new SigmoidFocal(-1, 0, false).gamma()).isZero();
        assertThat(new BoxSmoothL1(0).beta()).isZero();
        assertThat(new WeightedSum(List.of(0.0, -1.0)).weights()).containsExactly(0.0, -1.0);
        assertThat(new RoiAlign(ONE, 1e-3, 0, false).samplingRatio()).isZero();
        assertThat(new RoiPool(ONE, 1e-3).output()).isEqualTo(ONE);
        assertThat(new LayerNorm(0).epsilon()).isZero();
        assertThat(new GroupNorm(6, 0, 0).output(List.of(MAP))).isEqualTo(MAP);
        assertThat(new ChannelShuffle(1).output(List.of(MAP))).isEqualTo(MAP);
        assertThat(new ChannelSelect(1).output(List.of(MAP))).isEqualTo(MAP.with(1, 1));
        assertThat(new ChannelSelect(1).parameters(List.of(MAP.with(1, 1 << 24))))
                .hasSize(1);
        assertThat(new Slice(0, 6).output(List.of(MAP))).isEqualTo(MAP);
        assertThat(new RegionProposals(RegionFaults.ONE, RegionFaults.ONE, RegionProposals.MOST, 1, 0, 0).overlap())
                .isZero();
        assertThat(new RegionProposals(RegionFaults.ONE, RegionFaults.ONE, 1, RegionProposals.MOST, 1, 0).overlap())
                .isEqualTo(1);
        assertThat(new RegionSamples(RegionProposals.MOST, 0, 1).share()).isZero();
        assertThat(new RegionSamples(1, 1, 1e-9).share()).isEqualTo(1);
        assertThat(new RegionLabels(1).positive()).isEqualTo(1);
        assertThat(new RegionSmoothL1(0).beta()).isZero();
        assertThat(new RoiAlign(ONE, List.of(2.0, 1.0, 0.5), 0, false).arity()).isEqualTo(4);
        assertThat(new MapRows(6).output(List.of(MAP))).isEqualTo(Shape.of(2, 20, 6));
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
