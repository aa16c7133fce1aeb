package io.vertebra.graph.reference;

import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.AdaptiveAveragePool;
import io.vertebra.graph.op.Add;
import io.vertebra.graph.op.AveragePool;
import io.vertebra.graph.op.BatchNorm;
import io.vertebra.graph.op.Concat;
import io.vertebra.graph.op.Convolution;
import io.vertebra.graph.op.DropPath;
import io.vertebra.graph.op.Dropout;
import io.vertebra.graph.op.Flatten;
import io.vertebra.graph.op.Input;
import io.vertebra.graph.op.Linear;
import io.vertebra.graph.op.MaxPool;
import io.vertebra.graph.op.Op;
import io.vertebra.graph.op.Pad;
import io.vertebra.graph.op.SoftmaxCrossEntropy;

/** The rule of each operator. */
final class Rules implements Op.Visitor<Rule> {
    private final Site site;

    Rules(Site site) {
        this.site = site;
    }

    // spotless:off
    @Override public Rule input(Input op)                             { return new InputRule(site); }
    @Override public Rule convolution(Convolution op)                 { return new ConvolutionRule(op, site); }
    @Override public Rule linear(Linear op)                           { return new LinearRule(op, site); }
    @Override public Rule batchNorm(BatchNorm op)                     { return new BatchNormRule(op, site); }
    @Override public Rule activation(Activation op)                   { return new ActivationRule(op, site); }
    @Override public Rule maxPool(MaxPool op)                         { return new MaxPoolRule(op, site); }
    @Override public Rule averagePool(AveragePool op)                 { return new AveragePoolRule(op, site); }
    @Override public Rule adaptiveAveragePool(AdaptiveAveragePool op) { return new AdaptiveAveragePoolRule(op, site); }
    @Override public Rule add(Add op)                                 { return new AddRule(site); }
    @Override public Rule concat(Concat op)                           { return new ConcatRule(site); }
    @Override public Rule pad(Pad op)                                 { return new PadRule(op, site); }
    @Override public Rule flatten(Flatten op)                         { return new FlattenRule(site); }
    @Override public Rule dropout(Dropout op)                         { return DropRule.elements(op, site); }
    @Override public Rule dropPath(DropPath op)                       { return DropRule.samples(op, site); }
    @Override public Rule softmaxCrossEntropy(SoftmaxCrossEntropy op) { return new CrossEntropyRule(op, site); }
    // spotless:on
}
