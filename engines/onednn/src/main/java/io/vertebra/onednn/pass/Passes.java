package io.vertebra.onednn.pass;

import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.Add;
import io.vertebra.graph.op.BatchNorm;
import io.vertebra.graph.op.Convolution;
import io.vertebra.graph.op.Linear;
import io.vertebra.graph.op.Op;
import io.vertebra.graph.op.ScaledAdd;
import io.vertebra.graph.pass.DropIdentities;
import io.vertebra.graph.pass.FoldNorms;
import io.vertebra.graph.pass.FuseActivations;
import io.vertebra.graph.pass.FuseResizeLoss;
import io.vertebra.graph.pass.FuseShuffles;
import io.vertebra.graph.pass.FuseSums;
import io.vertebra.graph.plan.Form;
import io.vertebra.graph.plan.Program;

/** All passes over programs, in order. */
public final class Passes {
    private Passes() {}

    /** From a form to the program that is lowered. */
    public static Program run(Form form) {
        Program program = DropIdentities.apply(Program.of(form));
        program = FoldNorms.apply(program);
        program = FuseActivations.apply(program, Passes::applies);
        program = FuseSums.apply(program);
        program = FuseShuffles.apply(program);
        return FuseResizeLoss.apply(program);
    }

    /** A norm applies nothing but ReLU, for which oneDNN leaves a mask. */
    private static boolean applies(Op before, Activation.Function function) {
        return before instanceof Convolution
                || before instanceof Linear
                || before instanceof Add
                || before instanceof ScaledAdd
                || (before instanceof BatchNorm && function == Activation.Function.RELU);
    }
}
