package io.vertebra.dl4j;

import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.AdaptiveAveragePool;
import io.vertebra.graph.op.Add;
import io.vertebra.graph.op.AveragePool;
import io.vertebra.graph.op.BatchNorm;
import io.vertebra.graph.op.BoxSmoothL1;
import io.vertebra.graph.op.ChannelSelect;
import io.vertebra.graph.op.ChannelShuffle;
import io.vertebra.graph.op.Concat;
import io.vertebra.graph.op.Convolution;
import io.vertebra.graph.op.DropPath;
import io.vertebra.graph.op.Dropout;
import io.vertebra.graph.op.Flatten;
import io.vertebra.graph.op.GroupNorm;
import io.vertebra.graph.op.HardNegativeCrossEntropy;
import io.vertebra.graph.op.Input;
import io.vertebra.graph.op.L2Norm;
import io.vertebra.graph.op.LayerNorm;
import io.vertebra.graph.op.LayerScale;
import io.vertebra.graph.op.Linear;
import io.vertebra.graph.op.LocalResponseNorm;
import io.vertebra.graph.op.MapRows;
import io.vertebra.graph.op.MaxPool;
import io.vertebra.graph.op.Multiply;
import io.vertebra.graph.op.Op;
import io.vertebra.graph.op.Pad;
import io.vertebra.graph.op.RegionLabels;
import io.vertebra.graph.op.RegionProposals;
import io.vertebra.graph.op.RegionSamples;
import io.vertebra.graph.op.RegionSmoothL1;
import io.vertebra.graph.op.RegionTargets;
import io.vertebra.graph.op.Resize;
import io.vertebra.graph.op.RoiAlign;
import io.vertebra.graph.op.RoiPool;
import io.vertebra.graph.op.ScaledAdd;
import io.vertebra.graph.op.SigmoidFocal;
import io.vertebra.graph.op.Slice;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import io.vertebra.graph.op.SoftmaxDice;
import io.vertebra.graph.op.WeightedSum;

/** The kernel of each operator. */
final class Kernels implements Op.Visitor<Kernel> {
    static final Kernels ALL = new Kernels();

    private Kernels() {}

    // spotless:off
    @Override public Kernel input(Input op)                             { return new InputKernel(); }
    @Override public Kernel convolution(Convolution op)                 { return new ConvolutionKernel(op); }
    @Override public Kernel linear(Linear op)                           { return new LinearKernel(op); }
    @Override public Kernel batchNorm(BatchNorm op)                     { return new BatchNormKernel(op); }
    @Override public Kernel activation(Activation op)                   { return new ActivationKernel(op); }
    @Override public Kernel maxPool(MaxPool op)                         { return new MaxPoolKernel(op); }
    @Override public Kernel averagePool(AveragePool op)                 { return new AveragePoolKernel(op); }
    @Override public Kernel adaptiveAveragePool(AdaptiveAveragePool op) { return new AdaptiveAveragePoolKernel(op); }
    @Override public Kernel add(Add op)                                 { return new AddKernel(); }
    @Override public Kernel concat(Concat op)                           { return new ConcatKernel(); }
    @Override public Kernel pad(Pad op)                                 { return new PadKernel(op); }
    @Override public Kernel flatten(Flatten op)                         { return new FlattenKernel(); }
    @Override public Kernel dropout(Dropout op)                         { return DropKernel.elements(op); }
    @Override public Kernel dropPath(DropPath op)                       { return DropKernel.samples(op); }
    @Override public Kernel softmaxCrossEntropy(SoftmaxCrossEntropy op) { return new CrossEntropyKernel(op); }
    @Override public Kernel resize(Resize op)                           { return new ResizeKernel(op); }
    @Override public Kernel l2Norm(L2Norm op)                           { return new L2NormKernel(op); }
    @Override public Kernel mapRows(MapRows op)                         { return new MapRowsKernel(op); }
    @Override public Kernel weightedSum(WeightedSum op)                 { return new WeightedSumKernel(op); }
    @Override public Kernel roiAlign(RoiAlign op)                       { return new RoiAlignKernel(op); }
    @Override public Kernel roiPool(RoiPool op)                         { return new RoiPoolKernel(op); }
    @Override public Kernel softmaxDice(SoftmaxDice op)                 { return new SoftmaxDiceKernel(op); }
    @Override public Kernel sigmoidFocal(SigmoidFocal op)               { return new SigmoidFocalKernel(op); }
    @Override public Kernel boxSmoothL1(BoxSmoothL1 op)                 { return new BoxSmoothL1Kernel(op); }
    @Override public Kernel regionProposals(RegionProposals op)         { return RegionKernels.proposals(op); }
    @Override public Kernel regionSamples(RegionSamples op)             { return RegionKernels.samples(op); }
    @Override public Kernel regionLabels(RegionLabels op)               { return RegionKernels.labels(op); }
    @Override public Kernel regionTargets(RegionTargets op)             { return RegionKernels.targets(op); }
    @Override public Kernel regionSmoothL1(RegionSmoothL1 op)           { return new RegionSmoothL1Kernel(op); }
    @Override public Kernel layerNorm(LayerNorm op)                     { return MomentNormKernel.of(op); }
    @Override public Kernel groupNorm(GroupNorm op)                     { return MomentNormKernel.of(op); }
    @Override public Kernel multiply(Multiply op)                       { return new MultiplyKernel(); }
    @Override public Kernel layerScale(LayerScale op)                   { return new LayerScaleKernel(); }
    @Override public Kernel channelShuffle(ChannelShuffle op)           { return new ChannelShuffleKernel(op); }
    @Override public Kernel channelSelect(ChannelSelect op)             { return new ChannelSelectKernel(); }
    @Override public Kernel slice(Slice op)                             { return new SliceKernel(op); }
    @Override public Kernel localResponseNorm(LocalResponseNorm op)     { return new LocalResponseKernel(op); }
    @Override public Kernel scaledAdd(ScaledAdd op)                     { return new ScaledAddKernel(op.factor()); }

    @Override
    public Kernel hardNegativeCrossEntropy(HardNegativeCrossEntropy op) {
        return new HardNegativeKernel(op);
    }
    // spotless:on
}
