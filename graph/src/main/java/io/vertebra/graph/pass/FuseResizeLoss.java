package io.vertebra.graph.pass;

import io.vertebra.graph.op.Resize;
import io.vertebra.graph.op.SoftmaxCrossEntropy;
import io.vertebra.graph.op.SoftmaxDice;
import io.vertebra.graph.plan.Program;
import io.vertebra.graph.plan.Unit;
import java.util.ArrayList;
import java.util.List;

/**
 * Lets losses of segmentation enlarge logits as they read them, a row at a time, so that logits of the labels' size never
 * exist: of 150 classes at 512x512 they take 157 MB a picture, and their gradient as much.
 *
 * <pre>
 * logits → resize → large ┐
 *                         loss      becomes      logits, labels → loss
 *                  labels ┘
 * </pre>
 *
 * <p>Nothing but such losses may read the large logits, and they must not be an output.
 */
public final class FuseResizeLoss {
    private FuseResizeLoss() {}

    /** The program with fused losses. */
    public static Program apply(Program program) {
        List<Unit> units = new ArrayList<>(program.units());
        for (Unit resize : program.units()) {
            if (resize.node().op() instanceof Resize && isReadByLossesOnly(program, resize.output())) {
                units.remove(resize);
                units.replaceAll(unit -> fuse(unit, resize));
            }
        }
        return program.with(units);
    }

    private static boolean isReadByLossesOnly(Program program, int value) {
        List<Unit> readers =
                program.units().stream().filter(u -> u.reads().contains(value)).toList();
        return !readers.isEmpty()
                && !program.outputs().containsValue(value)
                && readers.stream().allMatch(FuseResizeLoss::isLossOfMaps);
    }

    private static boolean isLossOfMaps(Unit unit) {
        return unit.node().op() instanceof SoftmaxCrossEntropy || unit.node().op() instanceof SoftmaxDice;
    }

    private static Unit fuse(Unit unit, Unit resize) {
        return unit.inputs().contains(resize.output())
                ? unit.withResize(
                        resize.node(),
                        List.of(resize.inputs().get(0), unit.inputs().get(1)))
                : unit;
    }
}
