package io.vertebra.graph.reference;

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

/** The rule of each operator. */
final class Rules implements Op.Visitor<Rule> {
    private final Site site;

    Rules(Site site) {
        this.site = site;
    }

    // spotless:off
    @Override public Rule input(Input op)                                       { return new InputRule(site); }
    @Override public Rule convolution(Convolution op)                           { return new ConvolutionRule(op, site); }
    @Override public Rule linear(Linear op)                                     { return new LinearRule(op, site); }
    @Override public Rule batchNorm(BatchNorm op)                               { return new BatchNormRule(op, site); }
    @Override public Rule activation(Activation op)                             { return new ActivationRule(op, site); }
    @Override public Rule maxPool(MaxPool op)                                   { return new MaxPoolRule(op, site); }
    @Override public Rule averagePool(AveragePool op)                           { return new AveragePoolRule(op, site); }
    @Override public Rule adaptiveAveragePool(AdaptiveAveragePool op)           { return new AdaptiveAveragePoolRule(op, site); }
    @Override public Rule add(Add op)                                           { return new AddRule(site); }
    @Override public Rule concat(Concat op)                                     { return new ConcatRule(site); }
    @Override public Rule pad(Pad op)                                           { return new PadRule(op, site); }
    @Override public Rule flatten(Flatten op)                                   { return new FlattenRule(site); }
    @Override public Rule dropout(Dropout op)                                   { return DropRule.elements(op, site); }
    @Override public Rule dropPath(DropPath op)                                 { return DropRule.samples(op, site); }
    @Override public Rule softmaxCrossEntropy(SoftmaxCrossEntropy op)           { return new CrossEntropyRule(op, site); }
    @Override public Rule resize(Resize op)                                     { return new ResizeRule(op, site); }
    @Override public Rule l2Norm(L2Norm op)                                     { return new L2NormRule(op, site); }
    @Override public Rule mapRows(MapRows op)                                   { return new MapRowsRule(op, site); }
    @Override public Rule weightedSum(WeightedSum op)                           { return new WeightedSumRule(op, site); }
    @Override public Rule roiAlign(RoiAlign op)                                 { return new RoiAlignRule(op, site); }
    @Override public Rule roiPool(RoiPool op)                                   { return new RoiPoolRule(op, site); }
    @Override public Rule softmaxDice(SoftmaxDice op)                           { return new DiceRule(op, site); }
    @Override public Rule hardNegativeCrossEntropy(HardNegativeCrossEntropy op) { return new HardNegativeRule(op, site); }
    @Override public Rule sigmoidFocal(SigmoidFocal op)                         { return new FocalRule(op, site); }
    @Override public Rule boxSmoothL1(BoxSmoothL1 op)                           { return new BoxRule(op, site); }
    @Override public Rule regionProposals(RegionProposals op)                   { return new ProposalsRule(op, site); }
    @Override public Rule regionSamples(RegionSamples op)                       { return new SamplesRule(op, site); }
    @Override public Rule regionLabels(RegionLabels op)                         { return RegionTruthsRule.labels(op, site); }
    @Override public Rule regionTargets(RegionTargets op)                       { return RegionTruthsRule.targets(op, site); }
    @Override public Rule regionSmoothL1(RegionSmoothL1 op)                     { return new RegionBoxRule(op, site); }
    @Override public Rule layerNorm(LayerNorm op)                               { return MomentNormRule.of(op, site); }
    @Override public Rule groupNorm(GroupNorm op)                               { return MomentNormRule.of(op, site); }
    @Override public Rule multiply(Multiply op)                                 { return new MultiplyRule(site); }
    @Override public Rule layerScale(LayerScale op)                             { return new LayerScaleRule(site); }
    @Override public Rule channelShuffle(ChannelShuffle op)                     { return new ChannelShuffleRule(op, site); }
    @Override public Rule channelSelect(ChannelSelect op)                       { return new ChannelSelectRule(site); }
    @Override public Rule slice(Slice op)                                       { return new SliceRule(op, site); }
    @Override public Rule localResponseNorm(LocalResponseNorm op)               { return new LocalResponseNormRule(op, site); }
    @Override public Rule scaledAdd(ScaledAdd op)                               { return new ScaledAddRule(op.factor(), site); }
    // spotless:on
}
