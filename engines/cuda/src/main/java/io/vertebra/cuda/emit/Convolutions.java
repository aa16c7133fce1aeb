package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.ConvolutionSpec;
import io.vertebra.cuda.device.ConvolutionSpec.Epilogue;
import io.vertebra.cuda.device.ConvolutionSpec.Geometry;
import io.vertebra.cuda.device.ConvolutionSpec.Pass;
import io.vertebra.cuda.device.Prepared;
import io.vertebra.cuda.device.Type;
import io.vertebra.graph.engine.EngineException;
import io.vertebra.graph.op.Activation;
import io.vertebra.graph.op.Convolution;
import io.vertebra.graph.op.Padding;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import io.vertebra.graph.plan.Unit;
import java.util.Collections;
import java.util.List;

/**
 * Convolutions with whatever was fused into them: by the library, or, one filter a channel, by kernels of our own. Those of a
 * single cell that give F32 from BF16, such as the last one of a segmentation head, are products.
 */
final class Convolutions {
    private final Convolution op;
    private final Unit unit;
    private final Lowering l;
    private final int x;
    private final int y;
    private final String weightName;
    private final String biasName;
    private final long macs;

    private Convolutions(Convolution op, Unit unit, Lowering l) {
        this.op = op;
        this.unit = unit;
        this.l = l;
        this.x = unit.inputs().get(0);
        this.y = unit.output();
        this.weightName = unit.node().parameter("weight");
        this.biasName = unit.node().parameter("bias");
        this.macs = op.macs(List.of(l.shape(x)));
    }

    static Backward emit(Convolution op, Unit unit, Lowering l) {
        return new Convolutions(op, unit, l).emit();
    }

    /**
     * What a convolution gives.
     *
     * @param result in the value's own type
     * @param data by which the unit's function is differentiated: its argument where {@link Activations#keepsArgument}, else the result
     */
    record Forward(Operand result, Operand data) {

        /** Of sums behind which the unit's function is left to do, where its argument is kept. */
        static Forward ofSums(Unit unit, Operand sums, Lowering l) {
            return new Forward(Activations.keepsArgument(unit, l) ? Activations.behind(unit, sums, l) : sums, sums);
        }
    }

    /** The three computations of one convolution, by whatever code. */
    interface Code {
        /**
         * Gives the result, and the argument of the unit's function where that is kept.
         *
         * @param bias F32 or {@code null}
         * @param addend of the result's form and the compute type, or {@code null}
         */
        Forward forward(Operand x, Operand weight, Operand bias, Operand addend);

        Operand data(Operand dy, Operand weight);

        /** {@code toBias}: where the sums of dy go, {@code null} where nobody wants them from here. */
        void weights(Operand x, Operand dy, Operand to, Operand toBias);

        /** Whether {@link #weights} adds up dy on the way. */
        default boolean sumsGradients() {
            return false;
        }
    }

    private Backward emit() {
        Code code = code();
        Operand source = l.value(x, l.compute());
        Operand bias = unit.norm() != null
                ? l.weights().foldedBias(unit.node(), unit.norm())
                : op.bias() ? l.weights().vector(biasName) : null;
        Operand addend = unit.addend() == Unit.NONE ? null : l.value(unit.addend(), l.compute());
        Forward forward = code.forward(source, weight(), bias, addend);
        l.define(y, forward.result());
        return gradient -> backward(code, source, forward.data(), gradient);
    }

    private Operand weight() {
        return unit.norm() == null
                ? l.weights().weight(weightName, l.compute())
                : l.weights().foldedWeight(unit.node(), unit.norm(), l.compute());
    }

    private List<Operand> backward(Code code, Operand source, Operand data, Operand gradientOfResult) {
        Operand gradient = Activations.backward(unit, gradientOfResult, data, l);
        boolean trains = l.form().trains(weightName);
        Operand toBias = op.bias() && l.form().trains(biasName) ? l.gradients().target(biasName) : null;
        boolean together =
                trains && code.sumsGradients() && l.partials(gradient) == null && gradient.type() == l.compute();
        if (toBias != null && !together) {
            long cells = l.shape(y).elements() / op.out();
            Columns.sum(l.label(unit, "backward weights", 0), gradient, cells, op.out(), toBias, l);
        }
        Operand given = l.convert(gradient, l.compute(), unit.name());
        if (trains) {
            code.weights(source, given, l.gradients().target(weightName), together ? toBias : null);
        }
        return l.form().needsGradient(x)
                ? List.of(code.data(given, l.weights().weight(weightName, l.compute())))
                : Collections.singletonList(null);
    }

    private Code code() {
        Shape in = l.shape(x);
        if (Filters.areSingle(op, in.c())) {
            return new Depthwise(op, unit, l);
        }
        Padding.Explicit padding =
                op.padding().resolve(new Size(in.h(), in.w()), op.kernel(), op.stride(), op.dilation());
        boolean single = op.kernel().area() == 1 && op.stride().area() == 1 && padding.equals(Padding.none());
        boolean plain = unit.addend() == Unit.NONE && op.groups() == 1;
        return single && plain && l.type(y) != l.compute() ? new OfCells() : new Library(padding);
    }

    /** Rows of a matrix are the cells of the map. */
    private final class OfCells implements Code {
        private final Linears.Rows rows;

        private OfCells() {
            Shape in = l.shape(x);
            int cells = Math.toIntExact(in.elements() / in.c());
            this.rows = new Linears.Rows(unit, cells, in.c(), op.out(), macs, l);
        }

        @Override
        public Forward forward(Operand source, Operand weight, Operand bias, Operand addend) {
            Operand result = rows.forward(source, weight, bias);
            if (!Activations.keepsArgument(unit, l)) {
                Activations.inPlace(unit, result, l);
            }
            return Forward.ofSums(unit, result, l);
        }

        @Override
        public Operand data(Operand dy, Operand weight) {
            return rows.data(dy, weight);
        }

        @Override
        public void weights(Operand source, Operand dy, Operand to, Operand toBias) {
            rows.weights(source, dy, to);
        }
    }

    private final class Library implements Code {
        private final Padding.Explicit padding;

        private Library(Padding.Explicit padding) {
            this.padding = padding;
        }

        private ConvolutionSpec spec(Pass pass, Epilogue epilogue) {
            Shape in = l.shape(x);
            Shape out = l.shape(y);
            return new ConvolutionSpec(
                    unit.name(),
                    pass,
                    l.compute(),
                    pass == Pass.WEIGHTS ? Type.F32 : l.compute(),
                    l.target().math(),
                    in.n(),
                    in.c(),
                    in.h(),
                    in.w(),
                    out.c(),
                    op.kernel().height(),
                    op.kernel().width(),
                    out.h(),
                    out.w(),
                    new Geometry(
                            op.stride().height(),
                            op.stride().width(),
                            padding.top(),
                            padding.left(),
                            padding.bottom(),
                            padding.right(),
                            op.dilation().height(),
                            op.dilation().width(),
                            op.groups()),
                    epilogue);
        }

        private void run(Prepared code, String label, Operand... tensors) {
            Operand[] given = java.util.Arrays.stream(tensors)
                    .filter(java.util.Objects::nonNull)
                    .toArray(Operand[]::new);
            l.run(l.label(unit, label, macs), code, given);
        }

        private Prepared code(ConvolutionSpec spec) {
            return l.target().device().convolution(spec);
        }

        @Override
        public Forward forward(Operand source, Operand weight, Operand bias, Operand addend) {
            boolean keeps = Activations.keepsArgument(unit, l);
            ConvolutionSpec spec =
                    spec(Pass.FORWARD, new Epilogue(bias != null, addend != null, unit.activation(), keeps));
            Slots.Slot slot = isForSlots() ? l.slots().find(y) : null;
            Prepared intoSlot = slot == null ? null : ifSupported(spec.inCellsOf(slot.pitch()));
            if (intoSlot != null) {
                run(intoSlot, "forward", source, weight, bias, addend, slot.first());
                l.slots().fill(y, slot);
                return new Forward(slot.first(), slot.first());
            }
            Operand argument = keeps ? l.temporary(l.compute(), l.shape(y).elements()) : null;
            Operand written = l.temporary(l.compute(), l.shape(y).elements());
            run(code(spec), "forward", source, weight, bias, addend, argument, written);
            Operand result = l.convert(written, l.type(y), unit.name());
            return new Forward(result, keeps ? argument : result);
        }

        /**
         * Whether the library writes the value itself, and nobody reads it for its gradient. For sums that leave gaps cuDNN has
         * only engines that are compiled at run time, for seconds each.
         */
        private boolean isForSlots() {
            boolean isFinished = unit.activation() == null
                    || (unit.activation() == Activation.Function.RELU
                            && !l.form().needsGradient(y));
            return isFinished && unit.addend() == Unit.NONE && l.type(y) == l.compute();
        }

        /** {@code null} where the library has no code that leaves gaps. */
        private Prepared ifSupported(ConvolutionSpec spec) {
            try {
                return code(spec);
            } catch (EngineException e) {
                if (e.kind() == EngineException.Kind.UNSUPPORTED) {
                    return null;
                }
                throw e;
            }
        }

        @Override
        public Operand data(Operand dy, Operand weight) {
            Operand dx = l.temporary(l.compute(), l.shape(x).elements());
            run(code(spec(Pass.DATA, Epilogue.NONE)), "backward data", dy, weight, dx);
            return dx;
        }

        @Override
        public void weights(Operand source, Operand dy, Operand to, Operand toBias) {
            run(code(spec(Pass.WEIGHTS, Epilogue.NONE)), "backward weights", source, dy, to);
        }
    }
}
