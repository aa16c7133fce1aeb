package io.vertebra.graph.plan;

import io.vertebra.graph.Node;
import java.util.ArrayList;
import java.util.List;

/**
 * The way of a compiler through a program, the same in every engine: forward units in order, each output behind its unit;
 * then, where there are roots, backward units from the last one on; then the gradients of pictures, if they are asked for.
 */
public final class Walk {
    private Walk() {}

    /**
     * What an engine appends to its plan on the way.
     *
     * @param <T> its tensor
     */
    public interface Steps<T> {
        /** Lowers the forward pass of a unit and gives its backward pass. */
        GradientFlow.Backward<T> forward(Unit unit);

        /** Hands out a value that has just been computed. */
        void output(String name, int value);

        /** The gradient of the loss: the constant 1. */
        T one();

        /** The gradient of an output, which the caller of the plan gives. */
        T seed(String name, int value);

        /** A part of a value's gradient in the value's own order and type. */
        T own(int value, T part);

        /** The sum of two parts of a value's gradient. */
        T sum(Unit producer, T a, T b);

        /** Hands out the gradient of a picture; {@code null} where it is zero. */
        void inputGradient(Node picture, T gradient);
    }

    /**
     * Goes all the way.
     *
     * @param given outputs whose gradients are given, for {@link Roots#GIVEN}
     */
    public static <T> void run(Program program, Roots roots, Iterable<String> given, Steps<T> steps) {
        List<GradientFlow.Backward<T>> backwards = forward(program, steps);
        GradientFlow<T> flow = new GradientFlow<>(program, steps::own, steps::sum);
        if (roots == Roots.LOSS) {
            flow.contribute(program.outputs().get("loss"), steps.one());
        } else if (roots == Roots.GIVEN) {
            for (String name : given) {
                int value = program.outputs().get(name);
                flow.contribute(value, steps.seed(name, value));
            }
        }
        flow.run(backwards);
        if (roots == Roots.GIVEN) {
            program.form().graph().inputs().stream()
                    .filter(Form::isPicture)
                    .forEach(picture -> steps.inputGradient(picture, flow.of(picture.index())));
        }
    }

    private static <T> List<GradientFlow.Backward<T>> forward(Program program, Steps<T> steps) {
        List<GradientFlow.Backward<T>> backwards = new ArrayList<>();
        for (Unit unit : program.units()) {
            backwards.add(steps.forward(unit));
            program.outputs().forEach((name, value) -> {
                if (value == unit.output()) {
                    steps.output(name, value);
                }
            });
        }
        return backwards;
    }
}
