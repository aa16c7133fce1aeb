package io.vertebra.app.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** The JSON Schema (draft 2020-12) of a record, read from the same constructors that validate: keys, types, defaults, what is required. */
public final class SchemaWriter {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final Vocabulary vocabulary;
    private final UnaryOperator<String> descriptions;
    private final Map<String, ObjectNode> definitions = new TreeMap<>();

    /**
     * @param vocabulary the one to bind with
     * @param descriptions the line about a component by {@code Record.component}, null where there is none
     */
    public SchemaWriter(Vocabulary vocabulary, UnaryOperator<String> descriptions) {
        this.vocabulary = vocabulary;
        this.descriptions = descriptions;
    }

    /** The schema of documents that bind to a record. */
    public ObjectNode write(String title, Class<? extends Record> type) {
        ObjectNode root = JSON.objectNode();
        root.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        root.put("title", title);
        ObjectNode section = section(type);
        ((ObjectNode) section.get("properties"))
                .putObject("extends")
                .put("description", "files to start from, relative to this one")
                .setAll(oneOrMany(JSON.objectNode().put("type", "string")));
        root.setAll(section);
        ObjectNode defs = root.putObject("$defs");
        definitions.forEach(defs::set);
        return root;
    }

    private ObjectNode section(Class<?> type) {
        ObjectNode node = JSON.objectNode().put("type", "object");
        ObjectNode properties = node.putObject("properties");
        return closed(node, new TreeSet<>(properties(type, properties)));
    }

    private static ObjectNode closed(ObjectNode section, Set<String> required) {
        section.put("additionalProperties", false);
        if (!required.isEmpty()) {
            required.forEach(section.putArray("required")::add);
        }
        return section;
    }

    /** Adds a property for each component; returns the names of those that are required. */
    private Set<String> properties(Class<?> type, ObjectNode properties) {
        Probe.Answer answer = new Probe(vocabulary).ask(type);
        ConfigNode.Mapping defaults =
                answer.example() == null ? null : new Renderer(vocabulary).tree(answer.example(), null);
        for (RecordShape.Key key : new RecordShape(type).keys()) {
            ObjectNode property = properties.putObject(key.name());
            String description = descriptions.apply(
                    RecordShape.name(type) + "." + key.component().getName());
            if (description != null) {
                property.put("description", description);
            }
            property.setAll(type(key.type()));
            ConfigNode value =
                    defaults == null || answer.required().contains(key.name()) ? null : defaults.get(key.name());
            if (value != null && !(value instanceof ConfigNode.Mapping)) {
                property.set("default", json(value));
            }
        }
        return answer.required();
    }

    private ObjectNode type(Type type) {
        Class<?> raw = RecordBinder.raw(type);
        if (vocabulary.choiceOf(raw) != null) {
            return reference(raw, () -> choice(vocabulary.choiceOf(raw)));
        }
        if (vocabulary.wordsOf(raw) != null) {
            return words(vocabulary.wordsOf(raw));
        }
        if (raw == List.class) {
            Type item = RecordBinder.argument(type, 0);
            ObjectNode one = type(item);
            return Number.class.isAssignableFrom(RecordBinder.raw(item)) ? oneOrMany(one) : list(one);
        }
        if (raw == Map.class) {
            ObjectNode map = JSON.objectNode().put("type", "object");
            map.set("additionalProperties", type(RecordBinder.argument(type, 1)));
            return map;
        }
        if (raw.isRecord()) {
            return reference(raw, () -> section(raw));
        }
        if (raw.isEnum()) {
            return enumeration(ScalarBinder.constants(raw).keySet());
        }
        return JSON.objectNode().put("type", primitive(raw));
    }

    private static String primitive(Class<?> raw) {
        if (raw == Integer.class || raw == Long.class) {
            return "integer";
        }
        if (raw == Double.class) {
            return "number";
        }
        if (raw == Boolean.class) {
            return "boolean";
        }
        if (raw == String.class || raw == Path.class) {
            return "string";
        }
        throw new IllegalStateException("no rule describes " + raw);
    }

    private ObjectNode choice(Vocabulary.Choice<?> choice) {
        Map<Class<?>, List<String>> names = new LinkedHashMap<>();
        choice.options()
                .forEach((name, type) ->
                        names.computeIfAbsent(type, t -> new ArrayList<>()).add(name));
        ObjectNode node = JSON.objectNode().put("type", "object");
        ArrayNode options = node.putArray("oneOf");
        names.forEach((type, list) -> {
            ObjectNode option = options.addObject().put("type", "object");
            ObjectNode properties = option.putObject("properties");
            list.forEach(properties.putObject(choice.key()).putArray("enum")::add);
            TreeSet<String> required = new TreeSet<>(properties(type, properties));
            required.add(choice.key());
            if (choice.common() != null) {
                required.addAll(properties(choice.common(), properties));
            }
            closed(option, required);
        });
        return node;
    }

    private ObjectNode words(Vocabulary.Words<?> words) {
        ObjectNode plain = enumeration(words.words().keySet());
        if (words.section() == null) {
            return plain;
        }
        ObjectNode node = JSON.objectNode();
        node.putArray("oneOf").add(plain).add(reference(words.section(), () -> section(words.section())));
        return node;
    }

    private ObjectNode reference(Class<?> type, Supplier<ObjectNode> definition) {
        String name = RecordShape.name(type);
        if (!definitions.containsKey(name)) {
            definitions.put(name, JSON.objectNode()); // a type that holds itself ends here
            definitions.put(name, definition.get());
        }
        return JSON.objectNode().put("$ref", "#/$defs/" + name);
    }

    private static ObjectNode enumeration(Collection<String> names) {
        ObjectNode node = JSON.objectNode();
        ArrayNode allowed = node.putArray("enum");
        names.forEach(allowed::add);
        return node;
    }

    private static ObjectNode list(ObjectNode item) {
        ObjectNode node = JSON.objectNode().put("type", "array");
        node.set("items", item);
        return node;
    }

    private static ObjectNode oneOrMany(ObjectNode item) {
        ObjectNode node = JSON.objectNode();
        node.putArray("oneOf").add(item).add(list(item));
        return node;
    }

    private static JsonNode json(ConfigNode node) {
        if (node instanceof ConfigNode.Listing l) {
            ArrayNode array = JSON.arrayNode();
            l.items().forEach(i -> array.add(json(i)));
            return array;
        }
        if (node instanceof ConfigNode.Mapping m) {
            ObjectNode object = JSON.objectNode();
            m.entries().forEach((k, e) -> object.set(k, json(e.value())));
            return object;
        }
        ConfigNode.Scalar s = (ConfigNode.Scalar) node;
        return switch (s.kind()) {
            case WHOLE -> JSON.numberNode(Long.parseLong(s.text()));
            case DECIMAL -> JSON.numberNode(Double.parseDouble(s.text()));
            case TRUTH -> JSON.booleanNode(Boolean.parseBoolean(s.text()));
            case TEXT, NOTHING -> JSON.textNode(s.text());
        };
    }
}
