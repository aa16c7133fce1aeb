package io.vertebra.app;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The manual of recipes, made from their schema. */
final class ConfigPage {
    private ConfigPage() {}

    static String of(JsonNode schema) {
        StringBuilder page = new StringBuilder("""
                # Recipes

                A recipe is one YAML file (YAML 1.2) that describes one run. Unknown and mistyped keys are errors; `vertebra config check FILE` lists them all.
                `extends: other.yaml` starts from another file: sections merge key by key, everything else is replaced, and a section whose `name` or `format` changes
                is replaced as a whole. `--set a.b=c` changes a value, `--set a.list[0].b=c` one in a list. Later wins: default, extended file, file, `--set`.
                A path is relative to the folder where the program runs. Where a list of numbers is expected, one number stands for a list of one. `010` is ten, `no` is text.

                """);
        page.append("## The top level\n\n");
        table(schema, page);
        schema.get("$defs").properties().forEach(e -> section(e, page));
        return page.toString();
    }

    private static void section(Map.Entry<String, JsonNode> definition, StringBuilder page) {
        page.append("\n## ").append(definition.getKey()).append("\n\n");
        if (!definition.getValue().has("oneOf")) {
            table(definition.getValue(), page);
            return;
        }
        for (JsonNode option : definition.getValue().get("oneOf")) {
            String picker = option.get("properties").has("format") ? "format" : "name";
            String names = GeneratedDocsTest.stream(option.at("/properties/" + picker + "/enum"))
                    .map(n -> "`" + n.textValue() + "`")
                    .collect(Collectors.joining(", "));
            page.append("`").append(picker).append("`: ").append(names).append("\n\n");
            table(option, page);
            page.append('\n');
        }
        page.setLength(page.length() - 1);
    }

    private static void table(JsonNode section, StringBuilder page) {
        List<String> required = GeneratedDocsTest.stream(section.path("required"))
                .map(JsonNode::textValue)
                .toList();
        List<String> rows = new ArrayList<>();
        section.get("properties").properties().forEach(e -> {
            boolean isPicker = e.getValue().has("enum")
                    && required.contains(e.getKey())
                    && List.of("name", "format").contains(e.getKey());
            if (!isPicker) {
                rows.add("| `" + e.getKey() + "` | " + type(e.getValue()) + " | "
                        + value(e.getKey(), e.getValue(), required) + " | "
                        + e.getValue().path("description").asText() + " |\n");
            }
        });
        page.append(rows.isEmpty() ? "No further keys.\n" : "| key | type | default | |\n| --- | --- | --- | --- |\n");
        rows.forEach(page::append);
    }

    private static String value(String key, JsonNode property, List<String> required) {
        if (required.contains(key)) {
            return "required";
        }
        return property.has("default") ? "`" + property.get("default") + "`" : "";
    }

    private static String type(JsonNode property) {
        if (property.has("$ref")) {
            String name = property.get("$ref").textValue().substring("#/$defs/".length());
            return "[" + name + "](#" + name.toLowerCase(java.util.Locale.ROOT).replaceAll("[^a-z0-9]", "") + ")";
        }
        if (property.has("enum")) {
            return GeneratedDocsTest.stream(property.get("enum"))
                    .map(n -> "`" + n.textValue() + "`")
                    .collect(Collectors.joining(", "));
        }
        if (property.has("oneOf")) {
            return GeneratedDocsTest.stream(property.get("oneOf"))
                    .map(ConfigPage::type)
                    .collect(Collectors.joining(" or "));
        }
        if (property.path("type").asText().equals("array")) {
            return "list of " + type(property.get("items"));
        }
        return property.path("type").asText();
    }
}
