package io.vertebra.dl4j.network;

import io.vertebra.graph.Node;
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
import io.vertebra.graph.op.GraphException;
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
import java.util.Arrays;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;

/** The layers of each operator: what adds them, or a refusal that names the node. */
record LayerWriter(Node node) implements Op.Visitor<LayerWriter.Form> {

    /** Adds the layers of an operator; gives the name of the vertex with its value. */
    @FunctionalInterface
    interface Form {
        String write(Place place);
    }

    private static final String LOSS = "is part of a loss; DL4J's networks end in losses of their own";
    private static final String REGIONS = "works on regions of pictures, of which DL4J has no layer";

    // spotless:off
    @Override public Form input(Input op)                             { return LayerWriter::door; }
    @Override public Form convolution(Convolution op)                 { return place -> Products.convolution(place, op); }
    @Override public Form linear(Linear op)                           { return place -> Products.linear(place, op); }
    @Override public Form batchNorm(BatchNorm op)                     { return place -> Norms.batch(place, op); }
    @Override public Form activation(Activation op)                   { return place -> Functions.of(place, op.function()); }
    @Override public Form maxPool(MaxPool op)                         { return place -> Pools.max(place, op); }
    @Override public Form averagePool(AveragePool op)                 { return place -> Pools.average(place, op); }
    @Override public Form adaptiveAveragePool(AdaptiveAveragePool op) { return place -> Pools.adaptive(place, op); }
    @Override public Form add(Add op)                                 { return place -> Maps.both(place, ElementWiseVertex.Op.Add); }
    @Override public Form concat(Concat op)                           { return Maps::concat; }
    @Override public Form pad(Pad op)                                 { return place -> place.result(PaddingLayer.zeros(op), place.x()); }
    @Override public Form flatten(Flatten op)                         { return Maps::flatten; }
    @Override public Form dropout(Dropout op)                         { return place -> place.result(new DropoutLayer(1 - op.rate()), place.x()); }
    @Override public Form dropPath(DropPath op)                       { return Place::x; }
    @Override public Form softmaxCrossEntropy(SoftmaxCrossEntropy op) { return refuse(LOSS); }
    @Override public Form resize(Resize op)                           { return place -> Maps.resize(place, op); }
    @Override public Form l2Norm(L2Norm op)                           { return place -> Norms.l2(place, op); }
    @Override public Form mapRows(MapRows op)                         { return place -> place.result(new RowsLayer(op.columns()), place.x()); }
    @Override public Form weightedSum(WeightedSum op)                 { return refuse(LOSS); }
    @Override public Form roiAlign(RoiAlign op)                       { return refuse(REGIONS); }
    @Override public Form roiPool(RoiPool op)                         { return refuse(REGIONS); }
    @Override public Form softmaxDice(SoftmaxDice op)                 { return refuse(LOSS); }
    @Override public Form hardNegativeCrossEntropy(HardNegativeCrossEntropy op) { return refuse(LOSS); }
    @Override public Form sigmoidFocal(SigmoidFocal op)               { return refuse(LOSS); }
    @Override public Form boxSmoothL1(BoxSmoothL1 op)                 { return refuse(LOSS); }
    @Override public Form regionProposals(RegionProposals op)         { return refuse(REGIONS); }
    @Override public Form regionSamples(RegionSamples op)             { return refuse(REGIONS); }
    @Override public Form regionLabels(RegionLabels op)               { return refuse(REGIONS); }
    @Override public Form regionTargets(RegionTargets op)             { return refuse(REGIONS); }
    @Override public Form regionSmoothL1(RegionSmoothL1 op)           { return refuse(LOSS); }
    @Override public Form layerNorm(LayerNorm op)                     { return place -> Norms.layer(place, op); }
    @Override public Form groupNorm(GroupNorm op)                     { return place -> Norms.group(place, op); }
    @Override public Form multiply(Multiply op)                       { return place -> Maps.both(place, ElementWiseVertex.Op.Product); }
    @Override public Form layerScale(LayerScale op)                   { return Norms::scale; }
    @Override public Form channelShuffle(ChannelShuffle op)           { return place -> place.result(new ShuffleLayer(op.groups()), place.x()); }
    @Override public Form channelSelect(ChannelSelect op)             { return LayerWriter::select; }
    @Override public Form slice(Slice op)                             { return place -> place.result(new SubsetVertex(op.from(), op.to() - 1), place.x()); }
    @Override public Form localResponseNorm(LocalResponseNorm op)     { return place -> place.result(new LocalResponseLayer(op), place.x()); }
    @Override public Form scaledAdd(ScaledAdd op)                     { return place -> Maps.scaledAdd(place, op); }
    // spotless:on

    /** Nothing where all channels are named in their order, as before a training. */
    private static String select(Place place) {
        int[] index = place.indices(ChannelSelect.INDEX);
        int[] all = IntStream.range(0, place.in().c()).toArray();
        return Arrays.equals(index, all) ? place.x() : place.result(new SelectLayer(index), place.x());
    }

    private static String door(Place place) {
        place.network().input(place.name());
        return place.name();
    }

    private Form refuse(String reason) {
        throw new GraphException(node.name(), node.op().kind() + " has no form in a DL4J network: it " + reason);
    }
}
