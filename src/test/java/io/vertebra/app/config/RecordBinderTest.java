package io.vertebra.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.app.config.Samples.Adam;
import io.vertebra.app.config.Samples.Automatic;
import io.vertebra.app.config.Samples.Cuts;
import io.vertebra.app.config.Samples.FileSource;
import io.vertebra.app.config.Samples.Fixed;
import io.vertebra.app.config.Samples.Mode;
import io.vertebra.app.config.Samples.Plan;
import io.vertebra.app.config.Samples.Range;
import io.vertebra.app.config.Samples.Sgd;
import io.vertebra.app.config.Samples.Source;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordBinderTest {
    private static List<String> faults(String yaml) {
        return Samples.bind(yaml).faults().stream().map(Fault::toString).toList();
    }

    @Test
    void bindsEveryKindOfValue() {
        Plan plan = Samples.bind("""
                        title: "12"
                        rounds: 010
                        seed: 9223372036854775807
                        loud: true
                        mode: fast
                        folder: a/b
                        size: [1, 2]
                        weights: {x: 1, y: 2.5e-1}
                        range: {low: 2, high: 0x10}
                        rule: {name: sgd, learning_rate: 1e-3}
                        more: [{name: adam}, {name: sgd, learning_rate: 2}]
                        scaling: weights
                        source: {format: file, path: a/b, cuts: [{name: adam}]}
                        """).value();
        assertThat(plan)
                .isEqualTo(new Plan(
                        "12",
                        10,
                        Long.MAX_VALUE,
                        true,
                        Mode.FAST,
                        Path.of("a/b"),
                        List.of(1, 2),
                        Map.of("x", 1.0, "y", 0.25),
                        new Range(2, 16),
                        new Sgd(0.001, null),
                        List.of(new Adam(null, null), new Sgd(2.0, null)),
                        Automatic.WEIGHTS,
                        new Source("file", new FileSource(Path.of("a/b")), new Cuts(List.of(new Adam(null, null))))));
    }

    @Test
    void leavesDefaultsToTheConstructor() {
        Plan plan = Samples.bind("title: a").value();
        assertThat(plan.rounds()).isEqualTo(3);
        assertThat(plan.seed()).isNull();
        assertThat(plan.rule()).isEqualTo(new Adam(0.001, List.of(0.9, 0.999)));
    }

    @Test
    void takesANumberForAListOfNumbers() {
        assertThat(Samples.bind("title: a\nsize: 64").value().size()).containsExactly(64);
        assertThat(faults("title: a\nsize: x"))
                .containsExactly("plan.yaml:2:7: size: expects a whole number, got text 'x'");
    }

    @Test
    void takesASectionWhereAWordWouldDo() {
        assertThat(Samples.bind("title: a\nscaling: {mean: [0.5]}").value().scaling())
                .isEqualTo(new Fixed(List.of(0.5)));
    }

    @Test
    void reportsAllFaultsAtOnce() {
        Map<String, String> cases = new LinkedHashMap<>();
        cases.put("one of each type", """
                title: 12
                rounds: two
                seed: 1.5
                loud: no
                mode: fastest
                folder: ""
                size: [1, x, 99999999999]
                weights: {x: a}
                range: 7
                rule: 50
                more: {name: sgd}
                scaling: none
                """);
        cases.put("missing and unknown", "tilte: a\nflux_capacitor: 1\nrule: {nam: sgd}\n");
        cases.put("choice with common keys", "title: a\nsource: {format: web, cuts: 3, x: 1}\n");
        cases.put("choice", "title: a\nrule: {name: sdg}\nmore: [{name: 3}, {name: adam, momentum: 1}]\n");
        cases.put(
                "constructor",
                "title: a\nrounds: 0\nrule: {name: sgd, learning_rate: -0.01, momentum: 1.5}\nmore: [{name: adam, betas: [0.9, 1.5]}]\n");
        cases.put("required key of a faulty section", "rounds: 0\nrule: {name: sgd, momentum: 2}\n");
        cases.put("section as a whole", "title: a\nrange: {low: 5, high: 4}\n");
        cases.put("not finite", "title: a\nweights: {a: .nan, b: -.inf, c: 1e999, d: 1e9999999999}\n");
        cases.put("nothing", "title:\nrule: ~\nsize: [1, null]\n");
        cases.put("word of the wrong kind", "title: a\nscaling: 3\nmode: [fast]\n");
        cases.put("long and strange", "title: a\n\"k\\u0007\\e[31m\": 1\nmode: " + "x".repeat(3000) + "\n");
        String actual = cases.entrySet().stream()
                .map(c -> "# " + c.getKey() + "\n"
                        + new ConfigException(Samples.bind(c.getValue()).faults()).getMessage() + "\n")
                .collect(Collectors.joining("\n"));
        Goldens.assertMessages("binder", actual);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2147483647", "+5", "0o17777777777", "1"})
    void acceptsWholeNumbersToTheEdge(String number) {
        assertThat(faults("title: a\nrounds: " + number)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"2147483648", "-2147483649", "99999999999999"})
    void refusesWholeNumbersBeyondTheEdge(String number) {
        assertThat(faults("title: a\nrounds: " + number))
                .containsExactly("plan.yaml:2:9: rounds: must lie in [-2147483648, 2147483647], is " + number);
    }

    @Test
    void keepsSoundSectionsBesideFaultyOnes() {
        Binding<Plan> binding = Samples.bind("title: 1\nrange: {low: 1}\nrule: {name: sgd}\n");
        assertThat(binding.at("range", Range.class)).contains(new Range(1, 10));
        assertThat(binding.at("rule", Sgd.class)).isEmpty();
        assertThat(binding.at("", Plan.class)).isEmpty();
        assertThatThrownBy(binding::value).isInstanceOf(ConfigException.class);
    }

    @Test
    void sortsTheFaultsOfLaterChecksIn() {
        Binding<Plan> binding = Samples.bind("title: a\nrounds: 0\nfolder: x\n");
        binding.fault("folder", "does not exist");
        binding.fault("seed", "is needed here");
        ConfigException e = new ConfigException(binding.faults());
        assertThat(e.getMessage().lines())
                .containsExactly(
                        "plan.yaml:1:1: seed: is needed here",
                        "plan.yaml:2:9: rounds: must be at least 1, is 0",
                        "plan.yaml:3:9: folder: does not exist");
        assertThat(e.file()).isEqualTo("plan.yaml");
        assertThat(e.position()).isEqualTo(new Origin("plan.yaml", 1, 1));
        assertThat(e.reason()).isEqualTo("is needed here");
    }

    @Test
    void doesNotHideABugOfAConstructor() {
        assertThatThrownBy(() -> new RecordBinder(new Vocabulary()).bind(Samples.tree("a: 1"), Samples.Broken.class))
                .isInstanceOf(IllegalStateException.class);
    }
}
