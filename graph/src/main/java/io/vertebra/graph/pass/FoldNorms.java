package io.vertebra.graph.pass;

import io.vertebra.graph.op.BatchNorm;
import io.vertebra.graph.op.Convolution;
import io.vertebra.graph.op.LayerScale;
import io.vertebra.graph.plan.Program;
import io.vertebra.graph.plan.Unit;
import java.util.ArrayList;
import java.util.List;

/**
 * Folds a norm with running statistics, or a layer scale, into the convolution before it, where neither is differentiated.
 *
 * <pre>
 * convolution W, b → norm γ, β, μ, σ²      becomes      convolution γW/√(σ²+ε), β + γ(b − μ)/√(σ²+ε)
 * convolution W, b → layer scale γ         becomes      convolution γW, γb
 * </pre>
 */
public final class FoldNorms {
    private FoldNorms() {}

    /** The program with folded norms. */
    public static Program apply(Program program) {
        List<Unit> units = new ArrayList<>(program.units());
        for (Unit unit : program.units()) {
            if (isConstantLine(program, unit)) {
                int x = unit.inputs().get(0);
                Unit before = program.producer(x);
                if (before.node().op() instanceof Convolution
                        && program.isPrivate(x)
                        && !program.form().needsGradient(unit.output())) {
                    units.set(units.indexOf(before), before.withNorm(unit.node(), unit.output()));
                    units.remove(unit);
                }
            }
        }
        return program.with(units);
    }

    private static boolean isConstantLine(Program program, Unit unit) {
        return unit.node().op() instanceof LayerScale
                || (unit.node().op() instanceof BatchNorm norm && program.form().usesRunningStatistics(norm));
    }
}
