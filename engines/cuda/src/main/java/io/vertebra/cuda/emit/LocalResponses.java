package io.vertebra.cuda.emit;

import io.vertebra.cuda.device.Type;
import io.vertebra.graph.op.LocalResponseNorm;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.plan.Unit;
import java.util.List;

/** Values divided by a power of what their neighbours along the channels hold. The bases are computed again backwards. */
final class LocalResponses {
    private static final String FILE = "local_response";

    private LocalResponses() {}

    static Backward emit(LocalResponseNorm op, Unit unit, Lowering l) {
        int y = unit.output();
        Shape shape = l.shape(y);
        Type type = l.type(y);
        long cells = (long) shape.n() * shape.h() * shape.w();
        Packs packs = Packs.of(FILE, type, shape.c());
        Object[] form = Packs.arguments(
                cells, shape.c(), op.before(), op.behind(), (float) (op.alpha() / op.size()), (float) op.beta(), (float)
                        op.k());
        Operand source = l.value(unit.inputs().get(0), type);
        Operand result = l.like(y);
        l.launch(l.forward(unit), packs.each("local_response", cells), Packs.arguments(source, result, form));
        l.define(y, result);
        return gradient -> {
            Operand dy = l.convert(gradient, type, unit.name());
            Operand ratios = l.temporary(Type.F32, source.elements());
            Operand dx = l.temporary(type, source.elements());
            l.launch(
                    l.backward(unit),
                    packs.each("local_response_ratios", cells),
                    Packs.arguments(source, dy, ratios, form));
            l.launch(
                    l.backward(unit),
                    packs.each("local_response_backward", cells),
                    Packs.arguments(source, dy, ratios, dx, form));
            l.mayWorkInPlace(dx, dy);
            return List.of(dx);
        };
    }
}
