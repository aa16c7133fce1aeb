package io.vertebra.graph.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertebra.graph.Graph;
import io.vertebra.graph.engine.Groups;
import io.vertebra.graph.engine.Optimizer;
import io.vertebra.graph.engine.Scalars;
import io.vertebra.graph.engine.Update;
import io.vertebra.graph.op.ParameterSpec;
import io.vertebra.graph.op.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TrainingGoldenTest {
    /** Of goldens with 13 digits, after four steps. */
    private static final double TOLERANCE = 1e-11;

    private static final double[] RATES =
            Golden.array(Golden.read("training.json").get("rates"));

    static Stream<Golden> goldens() {
        return Golden.all("training.json").stream();
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void trainsAsPyTorchDoes(Golden golden) {
        JsonNode json = golden.json();
        Graph graph = golden.graph();
        List<String> frozen = StreamSupport.stream(json.get("frozen").spliterator(), false)
                .map(JsonNode::asText)
                .toList();
        Groups groups = Groups.of(graph, p -> group(p, frozen));
        Update update = new Update(
                optimizer(json.get("optimizer")),
                json.get("clip").asDouble(),
                json.get("ema").asDouble());
        ReferenceTraining training = new ReferenceTraining(graph, golden.parameters(), update, groups, 0);

        int batches = json.get("batches").asInt();
        List<Double> losses = new ArrayList<>();
        for (int step = 0; step < RATES.length; step++) {
            for (int micro = 0; micro < batches; micro++) {
                Scalars scalars = new Scalars(RATES[step], step, micro, micro + 1 == batches);
                Pass pass = training.step(batch(golden, step, micro), scalars);
                losses.add(pass.output("loss").data()[0]);
            }
        }
        assertThat(losses.stream().mapToDouble(Double::doubleValue).toArray())
                .containsExactly(Golden.array(json.get("losses")), within(TOLERANCE));
        assertClose(training.parameters(), golden.arrays("parameters"));
        assertClose(training.average().orElseThrow(), golden.arrays("average"));
        assertClose(training.slots(), golden.arrays("slots"));
    }

    private static Groups.Group group(ParameterSpec spec, List<String> frozen) {
        boolean trained = frozen.stream().noneMatch(spec.name()::startsWith);
        double decay = spec.kind() == ParameterSpec.Kind.WEIGHT ? 0.05 : 0;
        return trained ? new Groups.Group(1, decay, true) : Groups.Group.FROZEN;
    }

    private static Optimizer optimizer(JsonNode json) {
        return json.get("name").asText().equals("sgd")
                ? new Optimizer.Sgd(
                        json.get("momentum").asDouble(), json.get("nesterov").asBoolean())
                : new Optimizer.AdamW(
                        json.get("beta1").asDouble(),
                        json.get("beta2").asDouble(),
                        json.get("epsilon").asDouble());
    }

    private static Map<String, DoubleTensor> batch(Golden golden, int step, int micro) {
        int n = golden.json().get("batch").asInt();
        double[] pictures = Golden.numbers(1000 + 10 * step + micro, n * 2 * 6 * 5);
        double[] labels = new double[n];
        for (int i = 0; i < pictures.length; i++) {
            pictures[i] *= 2;
        }
        for (int i = 0; i < n; i++) {
            labels[i] = (step + micro + i) % 3;
        }
        return Map.of(
                "input", new DoubleTensor(Shape.of(n, 2, 6, 5), pictures),
                "labels", new DoubleTensor(Shape.of(n), labels));
    }

    private static void assertClose(Map<String, double[]> actual, Map<String, double[]> expected) {
        assertThat(actual.keySet()).isEqualTo(expected.keySet());
        expected.forEach(
                (name, values) -> assertThat(actual.get(name)).as(name).containsExactly(values, within(TOLERANCE)));
    }
}
