package io.vertebra.export;

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

/** How ONNX computes each operator: what writes the node, or a refusal that names it. */
record OperatorWriter(Node node) implements Op.Visitor<OperatorWriter.Form> {

    /** Writes an operator at a site; gives the name of its value. */
    @FunctionalInterface
    interface Form {
        String write(Site site);
    }

    private static final String LOSS = "is part of a loss, an ONNX file is for inference; leave that output out";
    private static final String SAMPLES =
            "says what regions are trained on, an ONNX file is for inference; leave that output out";

    // spotless:off
    @Override public Form input(Input op)                             { return OperatorWriter::door; }
    @Override public Form convolution(Convolution op)                 { return site -> Products.convolution(site, op); }
    @Override public Form linear(Linear op)                           { return site -> Products.linear(site, op); }
    @Override public Form batchNorm(BatchNorm op)                     { return site -> Norms.batch(site, op); }
    @Override public Form activation(Activation op)                   { return site -> Functions.of(site, op.function()); }
    @Override public Form maxPool(MaxPool op)                         { return site -> Pools.max(site, op); }
    @Override public Form averagePool(AveragePool op)                 { return site -> Pools.average(site, op); }
    @Override public Form adaptiveAveragePool(AdaptiveAveragePool op) { return site -> Pools.adaptive(site, op); }
    @Override public Form add(Add op)                                 { return site -> site.result("Add", site.x(), site.inputs().get(1)); }
    @Override public Form concat(Concat op)                           { return site -> Maps.concat(site); }
    @Override public Form pad(Pad op)                                 { return site -> Maps.pad(site, op); }
    @Override public Form flatten(Flatten op)                         { return site -> site.result("Flatten", Attributes.none().integer("axis", 1), site.x()); }
    @Override public Form dropout(Dropout op)                         { return site -> site.x(); }
    @Override public Form dropPath(DropPath op)                       { return site -> site.x(); }
    @Override public Form softmaxCrossEntropy(SoftmaxCrossEntropy op) { return refuse(LOSS); }
    @Override public Form resize(Resize op)                           { return site -> Maps.resize(site, op); }
    @Override public Form l2Norm(L2Norm op)                           { return site -> Norms.l2(site, op); }
    @Override public Form mapRows(MapRows op)                         { return site -> Maps.rows(site, op); }
    @Override public Form weightedSum(WeightedSum op)                 { return refuse(LOSS); }
    @Override public Form roiAlign(RoiAlign op)                       { return site -> Regions.align(site, op); }
    @Override public Form roiPool(RoiPool op)                         { return site -> Regions.pool(site, op); }
    @Override public Form softmaxDice(SoftmaxDice op)                 { return refuse(LOSS); }
    @Override public Form hardNegativeCrossEntropy(HardNegativeCrossEntropy op) { return refuse(LOSS); }
    @Override public Form sigmoidFocal(SigmoidFocal op)               { return refuse(LOSS); }
    @Override public Form boxSmoothL1(BoxSmoothL1 op)                 { return refuse(LOSS); }
    @Override public Form regionProposals(RegionProposals op)         { return site -> Proposals.of(site, op); }
    @Override public Form regionSamples(RegionSamples op)             { return refuse(SAMPLES); }
    @Override public Form regionLabels(RegionLabels op)               { return refuse(SAMPLES); }
    @Override public Form regionTargets(RegionTargets op)             { return refuse(SAMPLES); }
    @Override public Form regionSmoothL1(RegionSmoothL1 op)           { return refuse(LOSS); }
    @Override public Form layerNorm(LayerNorm op)                     { return site -> Norms.layer(site, op); }
    @Override public Form groupNorm(GroupNorm op)                     { return site -> Norms.group(site, op); }
    @Override public Form multiply(Multiply op)                       { return site -> site.result("Mul", site.x(), site.inputs().get(1)); }
    @Override public Form layerScale(LayerScale op)                   { return site -> site.result("Mul", site.x(), site.perChannel("gamma")); }
    @Override public Form channelShuffle(ChannelShuffle op)           { return site -> Maps.shuffle(site, op); }
    @Override public Form channelSelect(ChannelSelect op)             { return site -> Maps.select(site); }
    @Override public Form slice(Slice op)                             { return site -> Maps.slice(site, op); }
    @Override public Form localResponseNorm(LocalResponseNorm op)     { return site -> Norms.localResponse(site, op); }
    @Override public Form scaledAdd(ScaledAdd op)                     { return site -> scaledAdd(site, op); }
    // spotless:on

    private static String door(Site site) {
        site.file().input(site.value(), site.node().op().type(), site.shape(), site.axis());
        return site.value();
    }

    private static String scaledAdd(Site site, ScaledAdd op) {
        String b = site.inputs().get(1);
        return op.factor() == -1
                ? site.result("Sub", site.x(), b)
                : site.result("Add", site.x(), site.step("scaled", "Mul", b, site.number(op.factor())));
    }

    private Form refuse(String reason) {
        throw new GraphException(node.name(), node.op().kind() + " cannot be written to an ONNX file: it " + reason);
    }
}
