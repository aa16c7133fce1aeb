package io.vertebra.dl4j.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.graph.Node;
import io.vertebra.graph.contract.Agreement;
import io.vertebra.graph.contract.OperatorCase;
import io.vertebra.graph.contract.PortableCases;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.reference.Form;
import io.vertebra.graph.reference.Pass;
import io.vertebra.graph.reference.ReferenceInterpreter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Every case of the contract suite as a DL4J network: the reference's values, or a refusal that names the operator. */
class NetworkOperatorsTest {
    @ParameterizedTest
    @MethodSource("io.vertebra.graph.contract.PortableCases#all")
    void computesWhatTheReferenceDoes(OperatorCase one) {
        Batch batch = one.batch(Precision.FP32);
        Pass pass = ReferenceInterpreter.of(one.graph(), one.parameters(Precision.FP32))
                .forward(batch, Form.INFERENCE);
        ComputationGraph network =
                Dl4j.toComputationGraph(one.graph(), one.parameters(Precision.FP32), PortableCases.picture(one));
        check(one, network, batch, pass);
        check(one, again(network), batch, pass);
    }

    /** Through the archive. */
    private static ComputationGraph again(ComputationGraph network) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            ModelSerializer.writeModel(network, bytes, true);
            return ModelSerializer.restoreComputationGraph(new ByteArrayInputStream(bytes.toByteArray()), true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void check(OperatorCase one, ComputationGraph network, Batch batch, Pass pass) {
        INDArray[] inputs = network.getConfiguration().getNetworkInputs().stream()
                .map(name -> (Tensor.Floats) batch.inputs().get(name))
                .map(t -> Nd4j.create(t.data(), t.shape().toArray(), 'c'))
                .toArray(INDArray[]::new);
        INDArray[] values = network.output(inputs);
        List<String> names = network.getConfiguration().getNetworkOutputs();
        assertThat(names).containsExactlyElementsOf(one.graph().outputs().keySet());
        for (int i = 0; i < names.size(); i++) {
            double[] expected = pass.output(names.get(i)).data();
            assertThat(Arrays.stream(values[i].shape())
                            .mapToInt(Math::toIntExact)
                            .toArray())
                    .as(names.get(i))
                    .isEqualTo(pass.output(names.get(i)).shape().toArray());
            double allowed = 2 * one.tolerance(Precision.FP32).outputs() * Agreement.largest(expected);
            Agreement.largest(names.get(i), values[i].dup('c').data().asFloat(), expected, allowed);
        }
    }

    @ParameterizedTest
    @MethodSource("io.vertebra.graph.contract.PortableCases#others")
    void refusesTheOthersByName(OperatorCase one) {
        Node node = PortableCases.refused(one);
        assertThatThrownBy(() -> Dl4j.toComputationGraph(
                        one.graph(), one.parameters(Precision.FP32), PortableCases.picture(one)))
                .isInstanceOf(GraphException.class)
                .hasMessageStartingWith(node.name() + ": " + node.op().kind() + " has no form in a DL4J network: it ");
    }
}
