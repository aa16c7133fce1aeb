package io.vertebra.cuda.emit;

import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.Add;
import io.vertebra.graph.op.BatchNorm;
import io.vertebra.graph.op.Convolution;
import io.vertebra.graph.op.Linear;
import io.vertebra.graph.op.Op;
import io.vertebra.graph.pass.DropIdentities;
import io.vertebra.graph.pass.FoldNorms;
import io.vertebra.graph.pass.FuseActivations;
import io.vertebra.graph.pass.FuseSums;
import io.vertebra.graph.plan.Form;
import io.vertebra.graph.plan.Program;

/** All passes over programs, in order. */
final class Passes {
    private Passes() {}

    /** From a form to the program that is lowered. */
    static Program run(Form form) {
        Program program = DropIdentities.apply(Program.of(form));
        program = FoldNorms.apply(program);
        program = FuseActivations.apply(program, Passes::canApply);
        return FuseSums.apply(program, Passes::canAdd);
    }

    /** The gradient of what a norm adds is known without what the norm has computed. */
    private static boolean canAdd(Op operator, boolean differentiated) {
        return operator instanceof BatchNorm || FuseSums.Ability.OF_CONVOLUTIONS.adds(operator, differentiated);
    }

    private static boolean canApply(Op before, Activation.Function function) {
        return before instanceof BatchNorm
                ? function == Activation.Function.RELU
                : before instanceof Convolution || before instanceof Linear || before instanceof Add;
    }
}
