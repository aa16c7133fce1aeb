package io.vertebra.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.graph.Graph;
import io.vertebra.graph.Node;
import io.vertebra.graph.contract.Agreement;
import io.vertebra.graph.contract.Cases;
import io.vertebra.graph.contract.OperatorCase;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Op;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import io.vertebra.graph.reference.Form;
import io.vertebra.graph.reference.Pass;
import io.vertebra.graph.reference.ReferenceInterpreter;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every case of the contract suite, in ONNX Runtime: the reference's values, or a refusal that names the operator. */
class OnnxOperatorsTest {
    /** Operators without an ONNX form; all others must have one. */
    private static final Set<String> REFUSED = Set.of(
            "softmax_cross_entropy",
            "softmax_dice",
            "hard_negative_cross_entropy",
            "sigmoid_focal",
            "box_smooth_l1",
            "weighted_sum",
            "roi_align",
            "roi_pool");

    private static Optional<Node> refused(Graph graph) {
        return graph.nodes().stream()
                .filter(n -> REFUSED.contains(n.op().kind()))
                .findFirst();
    }

    static Stream<OperatorCase> written() {
        return Cases.all().stream().filter(c -> refused(c.graph()).isEmpty());
    }

    static Stream<OperatorCase> others() {
        return Cases.all().stream().filter(c -> refused(c.graph()).isPresent());
    }

    @ParameterizedTest
    @MethodSource("written")
    void computesWhatTheReferenceDoes(OperatorCase one) {
        check(one, OnnxOptions.OPSET);
    }

    /** The versions at which some operator is written otherwise, and the ends. */
    @ParameterizedTest
    @MethodSource("written")
    void computesItInOtherVersionsToo(OperatorCase one) {
        for (int opset : List.of(13, 14, 16, 18, 20, 21)) {
            check(one, opset);
        }
    }

    private static void check(OperatorCase one, int opset) {
        Batch batch = one.batch(Precision.FP32);
        Shape picture = batch.shapes().get("input");
        OnnxOptions options = OnnxOptions.of(new Size(picture.h(), picture.w())).opset(opset);
        OnnxModel model = OnnxExport.of(one.graph(), one.parameters(Precision.FP32), options);
        Outputs outputs = Written.run(model, batch.inputs());
        Pass pass = ReferenceInterpreter.of(one.graph(), one.parameters(Precision.FP32))
                .forward(batch, Form.INFERENCE);
        assertThat(outputs.names())
                .containsExactlyElementsOf(one.graph().outputs().keySet());
        pass.outputs().forEach((name, expected) -> {
            assertThat(outputs.get(name).shape()).as(name).isEqualTo(expected.shape());
            double allowed = 2 * one.tolerance(Precision.FP32).outputs() * Agreement.largest(expected.data());
            Agreement.largest(name + " of version " + opset, outputs.get(name).data(), expected.data(), allowed);
        });
    }

    @ParameterizedTest
    @MethodSource("others")
    void refusesTheOthersByName(OperatorCase one) {
        Node node = refused(one.graph()).orElseThrow();
        assertThatThrownBy(
                        () -> OnnxExport.of(one.graph(), one.parameters(Precision.FP32), OnnxOptions.of(picture(one))))
                .isInstanceOf(GraphException.class)
                .hasMessageStartingWith(
                        node.name() + ": " + node.op().kind() + " cannot be written to an ONNX file: it ");
    }

    private static Size picture(OperatorCase one) {
        Shape picture = one.batch(Precision.FP32).shapes().get("input");
        return new Size(picture.h(), picture.w());
    }

    @Test
    void casesCoverEveryOperator() {
        Set<String> kinds = new LinkedHashSet<>();
        Cases.all().forEach(c -> c.graph().nodes().forEach(n -> kinds.add(n.op().kind())));
        Set<String> all = new TreeSet<>();
        for (Class<?> type : Op.class.getPermittedSubclasses()) {
            all.add(Op.kind(type.asSubclass(Op.class)));
        }
        assertThat(kinds).containsAll(all);
    }
}
