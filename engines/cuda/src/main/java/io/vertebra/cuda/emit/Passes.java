package io.vertebra.cuda.emit;

import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.Add;
import io.vertebra.graph.op.BatchNorm;
import io.vertebra.graph.op.Convolution;
import io.vertebra.graph.op.DropPath;
import io.vertebra.graph.op.GroupNorm;
import io.vertebra.graph.op.LayerScale;
import io.vertebra.graph.op.Linear;
import io.vertebra.graph.op.Op;
import io.vertebra.graph.op.ScaledAdd;
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
        program = FuseActivations.apply(program, Passes::canApply, Passes::recalls);
        return FuseSums.apply(program, Passes::canAdd);
    }

    /** The gradient of what a norm, a scale or a drop path adds is known without what it has computed. */
    private static boolean canAdd(Op operator, boolean differentiated) {
        return operator instanceof BatchNorm
                || operator instanceof LayerScale
                || operator instanceof DropPath
                || FuseSums.Ability.OF_CONVOLUTIONS.adds(operator, differentiated);
    }

    private static boolean canApply(Op before, Activation.Function function) {
        return isNorm(before)
                || before instanceof Convolution
                || before instanceof Linear
                || before instanceof Add
                || before instanceof ScaledAdd;
    }

    /** Convolutions write the function's argument too; norms compute it once more in the backward pass, which is less to do. */
    private static boolean recalls(Op before, Activation.Function function) {
        return isNorm(before) || before instanceof Convolution;
    }

    private static boolean isNorm(Op operator) {
        return operator instanceof BatchNorm || operator instanceof GroupNorm;
    }
}
