package io.vertebra.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.Graph;
import io.vertebra.graph.contract.Cases;
import io.vertebra.graph.contract.OperatorCase;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.op.Input;
import io.vertebra.graph.op.Op;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class Dl4jOperatorsTest {

    @BeforeAll
    static void load() {
        Nd4jLibrary.load();
    }

    @Test
    void theTableIsWhatRuns() {
        Map<String, TreeSet<String>> ran = new TreeMap<>();
        for (OperatorCase one : Cases.all()) {
            for (boolean trainingForm : new boolean[] {false, true}) {
                run(one, trainingForm)
                        .timings(node -> 0)
                        .forEach(row -> ran.computeIfAbsent(row.operator(), kind -> new TreeSet<>())
                                .addAll(Arrays.asList(row.implementation().split(" \\+ "))));
            }
        }
        Map<String, List<String>> table = new TreeMap<>();
        ran.forEach((operator, names) -> table.put(operator, new ArrayList<>(names)));
        assertThat(Dl4jOperators.OPERATORS).isEqualTo(table);
    }

    @Test
    void everyOperatorButInputsIsInTheTable() {
        List<String> kinds = Arrays.stream(Op.class.getPermittedSubclasses())
                .filter(type -> type != Input.class)
                .map(type -> Op.kind(type.asSubclass(Op.class)))
                .toList();
        assertThat(Dl4jOperators.OPERATORS.keySet()).containsExactlyInAnyOrderElementsOf(kinds);
    }

    private static Profile run(OperatorCase one, boolean trainingForm) {
        Graph graph = one.graph();
        Batch batch = one.batch(Precision.FP32);
        Profile profile = new Profile();
        INDArray weights = Flat.of(graph.parameters()).allocate(DataType.FLOAT);
        INDArray used = graph.parameters().isEmpty() ? null : weights;
        var wanted = Differentiated.of(graph, Options.gradients(Precision.FP32, trainingForm));
        try (Arena arena = new Arena()) {
            OperatorGraph network = OperatorGraph.of(graph, DataType.FLOAT, arena, used, wanted::get);
            Feed feed = new Feed(graph, DataType.FLOAT, arena);
            Pass pass = trainingForm ? Pass.step(0, 0, 0) : Pass.gradients(false, 0);
            network.forward(graph, pass.with(profile), feed.arrays(batch));
            INDArray[] gradients = graph.outputs().values().stream()
                    .distinct()
                    .map(node -> arena.take(
                            DataType.FLOAT,
                            Frame.extents(graph.shapes(batch.shapes()).get(node.index()))))
                    .toArray(INDArray[]::new);
            network.backward(gradients);
            network.close();
        }
        weights.close();
        return profile;
    }
}
