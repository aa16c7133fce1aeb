package io.vertebra.graph.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.vertebra.graph.Node;
import io.vertebra.graph.op.DropPath;
import io.vertebra.graph.op.Dropout;
import io.vertebra.graph.op.Op;
import io.vertebra.graph.op.RegionLabels;
import io.vertebra.graph.op.RegionProposals;
import io.vertebra.graph.op.RegionSamples;
import io.vertebra.graph.op.RegionTargets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OperatorGoldenTest {
    /** Goldens have 13 digits; sums have another order. */
    private static final double TOLERANCE = 1e-11;

    private static final List<String> FILES = List.of(
            "ops_convolution.json",
            "ops_pool.json",
            "ops_norm.json",
            "ops_other.json",
            "ops_loss.json",
            "ops_anchor_loss.json",
            "ops_dense.json",
            "ops_modern.json",
            "ops_region.json");

    static Stream<Golden> goldens() {
        return FILES.stream().flatMap(file -> Golden.all(file).stream());
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void computesWhatPyTorchDoes(Golden golden) {
        Map<String, double[]> parameters = golden.parameters();
        Pass pass = new ReferenceInterpreter(golden.graph(), parameters).forward(golden.inputs(), golden.form());
        Map<String, double[]> outputs = new LinkedHashMap<>();
        pass.outputs().forEach((name, tensor) -> outputs.put(name, tensor.data()));
        assertClose(outputs, golden.arrays("outputs"));

        Gradients gradients = pass.backward(golden.outputGradients());
        Map<String, double[]> all = new LinkedHashMap<>(gradients.parameters());
        all.put("input", gradients.value(golden.graph().node("input")).data());
        assertClose(all, golden.arrays("gradients"));

        pass.updateStatistics();
        parameters.keySet().removeIf(name -> !name.contains("running"));
        assertClose(parameters, golden.arrays("statistics"));
    }

    private static void assertClose(Map<String, double[]> actual, Map<String, double[]> expected) {
        assertThat(actual.keySet()).isEqualTo(expected.keySet());
        expected.forEach((name, values) -> {
            double largest = Arrays.stream(values).map(Math::abs).max().orElseThrow();
            assertThat(actual.get(name))
                    .as(name)
                    .hasSameSizeAs(values)
                    .containsExactly(values, within(TOLERANCE * Math.max(largest, 1)));
        });
    }

    @Test
    void hasAGoldenForEveryOperatorButTheRandomOnes() {
        Set<Class<?>> covered = goldens()
                .flatMap(golden -> golden.graph().nodes().stream())
                .map(Node::op)
                .map(Op::getClass)
                .collect(Collectors.toSet());
        Set<Class<?>> wanted = Arrays.stream(Op.class.getPermittedSubclasses()).collect(Collectors.toSet());
        wanted.removeAll(Set.of(Dropout.class, DropPath.class, RegionSamples.class));
        // in float, by the algorithms that RegionGoldenTest holds against torchvision
        wanted.removeAll(Set.of(RegionProposals.class, RegionLabels.class, RegionTargets.class));
        assertThat(covered).isEqualTo(wanted);
    }
}
