package io.vertebra.graph.op;

import java.util.List;
import java.util.Locale;

/**
 * An operator: a value that says what is computed, not how.
 *
 * <p>Sealed, so that an engine that implements {@link Visitor} and forgets an operator does not compile.
 */
public sealed interface Op
        permits Input,
                Convolution,
                Linear,
                BatchNorm,
                Activation,
                MaxPool,
                AveragePool,
                AdaptiveAveragePool,
                Add,
                Concat,
                Pad,
                Flatten,
                Dropout,
                DropPath,
                SoftmaxCrossEntropy,
                Resize,
                L2Norm,
                MapRows,
                WeightedSum,
                RoiAlign,
                RoiPool,
                SoftmaxDice,
                HardNegativeCrossEntropy,
                SigmoidFocal,
                BoxSmoothL1,
                RegionProposals,
                RegionSamples,
                RegionLabels,
                RegionTargets,
                RegionSmoothL1,
                LayerNorm,
                GroupNorm,
                Multiply,
                LayerScale,
                ChannelShuffle,
                ChannelSelect,
                Slice,
                LocalResponseNorm,
                ScaledAdd {

    /** What the elements of the output are. */
    default DataType type() {
        return DataType.F32;
    }

    /** The shape of the output; unknown extents of the inputs stay unknown. Throws {@link GraphException} if they do not fit. */
    Shape output(List<Shape> inputs);

    /** How many values it takes; {@link Shape#ANY}: one or more. */
    default int arity() {
        return 1;
    }

    /** The parameters in state-dict order, with names local to the operator. */
    default List<ParameterSpec> parameters(List<Shape> inputs) {
        return List.of();
    }

    /** Multiply-accumulates of convolutions and linear layers at known shapes; 0 for all other operators. */
    default long macs(List<Shape> inputs) {
        return 0;
    }

    /** The factor by which the output is smaller than the input. */
    default int reduction() {
        return 1;
    }

    /** The input whose height and width, and so whose reduction, the output is measured by. */
    default int sizedBy() {
        return 0;
    }

    /** Whether the values of an input matter; else only its size is read, and nothing flows back into it. */
    default boolean reads(int input) {
        return true;
    }

    /** Whether an input can have a gradient: what it holds counts, and is no label, target or region. */
    default boolean passesGradient(int input) {
        return reads(input);
    }

    /** The extent of the window over the input, dilation included; 1x1 for pointwise operators. */
    default Size window() {
        return Size.of(1);
    }

    /** The name in JSON, tables and messages: {@code convolution}, {@code batch_norm}. */
    default String kind() {
        return kind(getClass());
    }

    /** The name of an operator's class. */
    static String kind(Class<? extends Op> type) {
        return type.getSimpleName().replaceAll("([a-z0-9])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
    }

    /** Calls the method of this operator. */
    <R> R accept(Visitor<R> visitor);

    /**
     * One method an operator, none with a default.
     *
     * @param <R> what a visit gives
     */
    interface Visitor<R> {
        // spotless:off
        /** See {@link Input}. */                    R input(Input op);
        /** See {@link Convolution}. */              R convolution(Convolution op);
        /** See {@link Linear}. */                   R linear(Linear op);
        /** See {@link BatchNorm}. */                R batchNorm(BatchNorm op);
        /** See {@link Activation}. */               R activation(Activation op);
        /** See {@link MaxPool}. */                  R maxPool(MaxPool op);
        /** See {@link AveragePool}. */              R averagePool(AveragePool op);
        /** See {@link AdaptiveAveragePool}. */      R adaptiveAveragePool(AdaptiveAveragePool op);
        /** See {@link Add}. */                      R add(Add op);
        /** See {@link Concat}. */                   R concat(Concat op);
        /** See {@link Pad}. */                      R pad(Pad op);
        /** See {@link Flatten}. */                  R flatten(Flatten op);
        /** See {@link Dropout}. */                  R dropout(Dropout op);
        /** See {@link DropPath}. */                 R dropPath(DropPath op);
        /** See {@link SoftmaxCrossEntropy}. */      R softmaxCrossEntropy(SoftmaxCrossEntropy op);
        /** See {@link Resize}. */                   R resize(Resize op);
        /** See {@link L2Norm}. */                   R l2Norm(L2Norm op);
        /** See {@link MapRows}. */                  R mapRows(MapRows op);
        /** See {@link WeightedSum}. */              R weightedSum(WeightedSum op);
        /** See {@link RoiAlign}. */                 R roiAlign(RoiAlign op);
        /** See {@link RoiPool}. */                  R roiPool(RoiPool op);
        /** See {@link SoftmaxDice}. */              R softmaxDice(SoftmaxDice op);
        /** See {@link HardNegativeCrossEntropy}. */ R hardNegativeCrossEntropy(HardNegativeCrossEntropy op);
        /** See {@link SigmoidFocal}. */             R sigmoidFocal(SigmoidFocal op);
        /** See {@link BoxSmoothL1}. */              R boxSmoothL1(BoxSmoothL1 op);
        /** See {@link RegionProposals}. */          R regionProposals(RegionProposals op);
        /** See {@link RegionSamples}. */            R regionSamples(RegionSamples op);
        /** See {@link RegionLabels}. */             R regionLabels(RegionLabels op);
        /** See {@link RegionTargets}. */            R regionTargets(RegionTargets op);
        /** See {@link RegionSmoothL1}. */           R regionSmoothL1(RegionSmoothL1 op);
        /** See {@link LayerNorm}. */                R layerNorm(LayerNorm op);
        /** See {@link GroupNorm}. */                R groupNorm(GroupNorm op);
        /** See {@link Multiply}. */                 R multiply(Multiply op);
        /** See {@link LayerScale}. */               R layerScale(LayerScale op);
        /** See {@link ChannelShuffle}. */           R channelShuffle(ChannelShuffle op);
        /** See {@link ChannelSelect}. */            R channelSelect(ChannelSelect op);
        /** See {@link Slice}. */                    R slice(Slice op);
        /** See {@link LocalResponseNorm}. */        R localResponseNorm(LocalResponseNorm op);
        /** See {@link ScaledAdd}. */                R scaledAdd(ScaledAdd op);
        // spotless:on
    }
}
