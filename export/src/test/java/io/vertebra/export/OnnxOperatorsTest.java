package io.vertebra.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.graph.Node;
import io.vertebra.graph.contract.Agreement;
import io.vertebra.graph.contract.OperatorCase;
import io.vertebra.graph.contract.PortableCases;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.RoiAlign;
import io.vertebra.graph.reference.Form;
import io.vertebra.graph.reference.Pass;
import io.vertebra.graph.reference.ReferenceInterpreter;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every case of the contract suite, in ONNX Runtime: the reference's values, or a refusal that names the operator. */
class OnnxOperatorsTest {
    @ParameterizedTest
    @MethodSource("io.vertebra.export.OnnxCases#all")
    void computesWhatTheReferenceDoes(OperatorCase one) {
        check(one, OnnxOptions.OPSET);
    }

    /** The versions at which some operator is written otherwise, and the ends. */
    @ParameterizedTest
    @MethodSource("io.vertebra.export.OnnxCases#all")
    void computesItInOtherVersionsToo(OperatorCase one) {
        for (int opset : List.of(13, 14, 16, 18, 20, 21)) {
            if (opset < 16 && isAligned(one)) {
                assertThatThrownBy(() -> check(one, opset))
                        .isInstanceOf(GraphException.class)
                        .hasMessageEndingWith(
                                "roi_align cannot be written to an ONNX file: it is aligned, which version " + opset
                                        + " does not know; take 16");
            } else {
                check(one, opset);
            }
        }
    }

    private static boolean isAligned(OperatorCase one) {
        return one.graph().nodes().stream().anyMatch(n -> n.op() instanceof RoiAlign op && op.aligned());
    }

    private static void check(OperatorCase one, int opset) {
        Batch batch = one.batch(Precision.FP32);
        OnnxOptions options = OnnxOptions.of(PortableCases.picture(one)).opset(opset);
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
    @MethodSource("io.vertebra.export.OnnxCases#others")
    void refusesTheOthersByName(OperatorCase one) {
        Node node = OnnxCases.refused(one);
        assertThatThrownBy(() -> OnnxExport.of(
                        one.graph(), one.parameters(Precision.FP32), OnnxOptions.of(PortableCases.picture(one))))
                .isInstanceOf(GraphException.class)
                .hasMessageStartingWith(
                        node.name() + ": " + node.op().kind() + " cannot be written to an ONNX file: it ");
    }
}
