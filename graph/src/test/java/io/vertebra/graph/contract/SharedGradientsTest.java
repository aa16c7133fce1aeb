package io.vertebra.graph.contract;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertebra.graph.Graph;
import io.vertebra.graph.GraphJson;
import io.vertebra.graph.Node;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.reference.ReferenceEngine;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An engine that writes the gradient of a shared parameter where it should add it is found out. */
class SharedGradientsTest {

    /** The reference on the graph in which every node has parameters of its own; of equals, one gradient is given. */
    private record Writing(Engine engine, boolean last) implements EngineInFront {

        @Override
        public Session open(Graph graph, Parameters parameters, Options options) {
            Graph apart = apart(graph);
            Parameters own = Parameters.zeros(apart);
            Map<String, String> names = new LinkedHashMap<>();
            for (Node node : apart.nodes()) {
                node.parameters().forEach(spec -> {
                    String local = spec.name().substring(node.name().length() + 1);
                    String shared = graph.node(node.name()).parameter(local);
                    float[] values = parameters.get(shared);
                    System.arraycopy(values, 0, own.get(spec.name()), 0, values.length);
                    names.put(spec.name(), shared);
                });
            }
            return new Apart(engine.open(apart, own, options), names, last);
        }

        private static Graph apart(Graph graph) {
            try {
                JsonNode json = new ObjectMapper().readTree(GraphJson.write(graph));
                json.get("nodes").forEach(node -> ((ObjectNode) node).remove("parameters"));
                return GraphJson.read(json.toString());
            } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** A session on nodes apart; {@code names} are those of the shared parameters. */
    private record Apart(Session session, Map<String, String> names, boolean last) implements SessionInFront {

        @Override
        public Outputs gradients(Batch batch, Map<String, Tensor.Floats> outputGradients) {
            Outputs outputs = session.gradients(batch, outputGradients);
            Map<String, Tensor.Floats> given = new LinkedHashMap<>();
            for (String name : outputs.names()) {
                String own = name.startsWith("grad.") ? name.substring(5) : name;
                String shared = names.containsKey(own) ? "grad." + names.get(own) : name;
                if (last) {
                    given.put(shared, outputs.get(name));
                } else {
                    given.putIfAbsent(shared, outputs.get(name));
                }
            }
            return new Outputs(given);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "shared.head of three levels",
                "shared.linear, one on the other",
                "shared.depthwise",
                "shared.batch norm",
                "shared.layer norm",
                "shared.conv and norm",
                "two stages"
            })
    void writingInPlaceOfAddingIsNoticed(String name) {
        OperatorCase one = Cases.named(name);
        for (boolean last : new boolean[] {false, true}) {
            Engine broken = new Writing(new ReferenceEngine(), last);
            for (boolean training : new boolean[] {false, true}) {
                assertThatThrownBy(() -> OperatorContract.differentiates(broken, one, Precision.FP32, training))
                        .isInstanceOf(AssertionError.class)
                        .hasMessageStartingWith("grad.");
            }
        }
    }
}
