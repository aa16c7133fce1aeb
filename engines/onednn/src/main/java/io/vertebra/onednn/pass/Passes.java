package io.vertebra.onednn.pass;

import io.vertebra.onednn.plan.Form;
import io.vertebra.onednn.plan.Program;

/** All passes over programs, in order. */
public final class Passes {
    private Passes() {}

    /** From a form to the program that is lowered. */
    public static Program run(Form form) {
        Program program = DropIdentities.apply(Program.of(form));
        program = FoldNorms.apply(program);
        program = FuseActivations.apply(program);
        program = FuseSums.apply(program);
        program = FuseShuffles.apply(program);
        return FuseResizeLoss.apply(program);
    }
}
