package io.vertebra.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.app.config.Samples.Plan;
import org.junit.jupiter.api.Test;

class RendererTest {
    private static final String FULL = """
            title: "a: \\"b\\" \\\\ \\u0007 ü 😀"
            rounds: 7
            seed: -1
            loud: false
            mode: fast
            folder: a/b
            size: [1, 2]
            weights: {x: 1, "no such": 2.5}
            range: {low: 2}
            rule: {name: sgd, learning_rate: 1e-3}
            more: [{name: adam}, {name: sgd, learning_rate: 2}]
            scaling: {mean: [0.5]}
            source: {format: web, address: b, cuts: [{name: adam}]}
            """;

    private static String render(Binding<Plan> binding, boolean withOrigins) {
        return new YamlWriter(withOrigins)
                .write(new Renderer(Samples.VOCABULARY).tree(binding.value(), binding.written()));
    }

    @Test
    void whatItWritesBindsToTheSameRecord() {
        Plan plan = Samples.bind(FULL).value();
        String rendered = render(Samples.bind(FULL), false);
        assertThat(Samples.bind(rendered).value()).isEqualTo(plan);
        assertThat(render(Samples.bind(rendered), false)).isEqualTo(rendered);
    }

    @Test
    void showsDefaultsAndOrigins() {
        Goldens.assertMessages(
                "origins",
                render(Samples.bind(FULL), true) + "---\n"
                        + render(Samples.bind("title: \"true\"\nscaling: weights\n"), true));
    }
}
