package io.vertebra.cuda.emit;

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
import io.vertebra.graph.plan.Unit;

/** Lowers the forward pass of one unit and gives its backward pass: the table of operators and their files. */
final class Emitter implements Op.Visitor<Backward> {
    private final Unit unit;
    private final Lowering l;
    private final Doors doors;
    private final Channels channels;

    Emitter(Unit unit, Lowering l, Doors doors, Channels channels) {
        this.unit = unit;
        this.l = l;
        this.doors = doors;
        this.channels = channels;
    }

    // spotless:off
    @Override public Backward input(Input op)                                       { return doors.in(unit, l); }
    @Override public Backward convolution(Convolution op)                           { return Convolutions.emit(op, unit, l); }
    @Override public Backward linear(Linear op)                                     { return Linears.emit(op, unit, l); }
    @Override public Backward batchNorm(BatchNorm op)                               { return Norms.emit(op, unit, l); }
    @Override public Backward activation(Activation op)                             { return Activations.emit(op, unit, l); }
    @Override public Backward maxPool(MaxPool op)                                   { return Pools.emit(op, unit, l); }
    @Override public Backward averagePool(AveragePool op)                           { return Pools.emit(op, unit, l); }
    @Override public Backward adaptiveAveragePool(AdaptiveAveragePool op)           { return Pools.emit(op, unit, l); }
    @Override public Backward add(Add op)                                           { return Adds.emit(unit, l); }
    @Override public Backward concat(Concat op)                                     { return Joins.concat(unit, l); }
    @Override public Backward pad(Pad op)                                           { return Joins.pad(op, unit, l); }
    @Override public Backward flatten(Flatten op)                                   { return Joins.flatten(unit, l); }
    @Override public Backward dropout(Dropout op)                                   { return Dropouts.emit(op.rate(), false, unit, l); }
    @Override public Backward dropPath(DropPath op)                                 { return Dropouts.emit(op.rate(), true, unit, l); }
    @Override public Backward softmaxCrossEntropy(SoftmaxCrossEntropy op)           { return Losses.softmaxCrossEntropy(op, unit, l); }
    @Override public Backward resize(Resize op)                                     { return Resizes.emit(op, unit, l); }
    @Override public Backward l2Norm(L2Norm op)                                     { return CellNorms.emit(op, unit, l); }
    @Override public Backward mapRows(MapRows op)                                   { return Joins.mapRows(unit, l); }
    @Override public Backward weightedSum(WeightedSum op)                           { return Losses.weightedSum(op, unit, l); }
    @Override public Backward roiAlign(RoiAlign op)                                 { return Pyramids.emit(op, unit, l); }
    @Override public Backward roiPool(RoiPool op)                                   { return RoiPools.emit(op, unit, l); }
    @Override public Backward softmaxDice(SoftmaxDice op)                           { return Losses.softmaxDice(op, unit, l); }
    @Override public Backward hardNegativeCrossEntropy(HardNegativeCrossEntropy op) { return Losses.hardNegativeCrossEntropy(op, unit, l); }
    @Override public Backward sigmoidFocal(SigmoidFocal op)                         { return Losses.sigmoidFocal(op, unit, l); }
    @Override public Backward boxSmoothL1(BoxSmoothL1 op)                           { return Losses.boxSmoothL1(op, unit, l); }
    @Override public Backward regionProposals(RegionProposals op)                   { return Proposals.emit(op, unit, l); }
    @Override public Backward regionSamples(RegionSamples op)                       { return Samples.emit(op, unit, l); }
    @Override public Backward regionLabels(RegionLabels op)                         { return Samples.emit(op, unit, l); }
    @Override public Backward regionTargets(RegionTargets op)                       { return Samples.emit(op, unit, l); }
    @Override public Backward regionSmoothL1(RegionSmoothL1 op)                     { return Losses.regionSmoothL1(op, unit, l); }
    @Override public Backward layerNorm(LayerNorm op)                               { return LayerNorms.emit(op, unit, l); }
    @Override public Backward groupNorm(GroupNorm op)                               { return GroupNorms.emit(op, unit, l); }
    @Override public Backward multiply(Multiply op)                                 { return Products.multiply(unit, l); }
    @Override public Backward layerScale(LayerScale op)                             { return LayerScales.emit(unit, l); }
    @Override public Backward channelShuffle(ChannelShuffle op)                     { return channels.shuffle(op, unit); }
    @Override public Backward channelSelect(ChannelSelect op)                       { return channels.select(unit); }
    @Override public Backward slice(Slice op)                                       { return channels.slice(op, unit); }
    @Override public Backward localResponseNorm(LocalResponseNorm op)               { return LocalResponses.emit(op, unit, l); }
    @Override public Backward scaledAdd(ScaledAdd op)                               { return Adds.scaled(op, unit, l); }
    // spotless:on
}
