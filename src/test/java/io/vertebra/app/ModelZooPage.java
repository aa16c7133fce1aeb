package io.vertebra.app;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertebra.backbones.zoo.Zoo;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The page of the models and their published weights, from what {@code vertebra models --json} prints and from the zoo. */
final class ModelZooPage {
    private static final String COLUMNS = """
            | name | parameters | GMACs | input | pyramid (channels/reduction) | weights | top-1 % |
            | --- | --- | --- | --- | --- | --- | --- |
            """;

    private ModelZooPage() {}

    static String of(JsonNode models, Zoo zoo) {
        StringBuilder page = new StringBuilder("""
                # Model zoo

                What `vertebra models` lists: trainable parameters, multiply-adds for one picture of the given size, the levels of the pyramid, how many sets of
                weights are published, and the accuracy on ImageNet of the first of them. The sets themselves stand at the end.

                ## Backbones

                Each with its own classifier; other heads stand on any of them. In a recipe: `model: {backbone: {name: NAME}, weights: TAG}`. In Java:
                `Backbones.load("NAME").weights("TAG").open()`.

                """).append(COLUMNS);
        rows(models, "classification", page);
        page.append("""

                ## Segmentation

                Networks that were published as a whole, for `--model NAME` of `models`, `forward`, `predict`, `embed`, `export` and `benchmark`; auxiliary
                heads are not counted.

                """).append(COLUMNS);
        rows(models, "segmentation", page);
        page.append("\n## Detection\n\n").append(COLUMNS);
        rows(models, "detection", page);
        page.append("""

                ## Weights

                The first set of a model is its default. Figures are the publisher's, in percent, for the centre crop of `size` pixels after the short side was
                resized to `resize`. Who uses weights keeps to their licence; a dash: the publisher states none.

                | model | tag | figures | size | resize | filter | licence |
                | --- | --- | --- | --- | --- | --- | --- |
                """);
        for (Zoo.Entry entry : zoo.entries()) {
            entry.weights().forEach(set -> page.append(row(entry.name(), set)));
        }
        return page.toString().replace("\r\n", "\n");
    }

    private static String row(String model, Zoo.Weights set) {
        Zoo.Evaluation main = set.evaluations().get(0);
        String figures = List.of("top1", "top5", "miou", "box_ap").stream()
                .flatMap(name -> main.metric(name).stream().map(value -> name + " " + value))
                .collect(Collectors.joining(", "));
        return "| `%s` | `%s` | %s | %d | %d | %s | %s |\n"
                .formatted(
                        model,
                        set.tag(),
                        figures,
                        main.size(),
                        main.resize(),
                        main.interpolation(),
                        Optional.ofNullable(set.license()).orElse("–"));
    }

    private static void rows(JsonNode models, String kind, StringBuilder page) {
        for (JsonNode m : models) {
            if (!m.get("kind").textValue().equals(kind)) {
                continue;
            }
            String pyramid = GeneratedDocsTest.stream(m.get("pyramid"))
                    .map(l -> l.get("channels") + "/" + l.get("reduction"))
                    .collect(Collectors.joining(" "));
            page.append(String.format(
                    Locale.ROOT,
                    "| `%s` | %d | %.3f | %s | %s | %s | %s |\n",
                    m.get("name").textValue(),
                    m.get("parameters").longValue(),
                    m.get("macs").longValue() / 1e9,
                    GeneratedDocsTest.stream(m.get("input"))
                            .map(JsonNode::asText)
                            .collect(Collectors.joining(" × ")),
                    pyramid,
                    m.get("weights").isEmpty()
                            ? "–"
                            : String.valueOf(m.get("weights").size()),
                    m.get("top1").isNull() ? "–" : m.get("top1").asText()));
        }
    }
}
