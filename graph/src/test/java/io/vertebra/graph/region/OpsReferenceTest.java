package io.vertebra.graph.region;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every case of {@code shared/data/ops_reference}. */
class OpsReferenceTest {

    private static final Map<String, Consumer<ReferenceCase>> CHECKS = checks();

    private static Map<String, Consumer<ReferenceCase>> checks() {
        Map<String, Consumer<ReferenceCase>> checks = new HashMap<>();
        for (Map<String, Consumer<ReferenceCase>> part : List.of(
                BoxReferences.CHECKS,
                RoiReferences.CHECKS,
                AnchorReferences.CHECKS,
                CoderReferences.CHECKS,
                LossReferences.CHECKS)) {
            checks.putAll(part);
        }
        return checks;
    }

    static List<ReferenceCase> cases() {
        return ReferenceCase.all();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void equalsTorchvision(ReferenceCase one) {
        CHECKS.get(one.op()).accept(one);
    }

    @Test
    void everyOperatorHasACheckAndEveryCheckACase() {
        assertThat(cases()).hasSize(117);
        assertThat(cases().stream().map(ReferenceCase::op).collect(Collectors.toSet()))
                .isEqualTo(CHECKS.keySet());
    }
}
