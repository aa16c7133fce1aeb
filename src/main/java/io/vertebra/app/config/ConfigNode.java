package io.vertebra.app.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A piece of a config as it was written; each piece knows its place. */
public sealed interface ConfigNode {

    /** Where the piece begins. */
    Origin origin();

    /** The same piece with all that is in it at another place. */
    ConfigNode at(Origin place);

    /** What it is, for messages: {@code text 'two'}, {@code a list}. */
    String describe();

    /** What a plain value is by the core schema of YAML 1.2. */
    enum Kind {
        TEXT,
        WHOLE,
        DECIMAL,
        TRUTH,
        NOTHING
    }

    /**
     * A single value.
     *
     * @param text as written, without quotes
     */
    record Scalar(Kind kind, String text, Origin origin) implements ConfigNode {
        @Override
        public Scalar at(Origin place) {
            return new Scalar(kind, text, place);
        }

        @Override
        public String describe() {
            return switch (kind) {
                case NOTHING -> "nothing";
                case TEXT -> "text " + Text.quote(text);
                default -> Text.oneLine(text, 60);
            };
        }
    }

    /** Values in order. */
    record Listing(List<ConfigNode> items, Origin origin) implements ConfigNode {
        public Listing {
            items = List.copyOf(items);
        }

        @Override
        public Listing at(Origin place) {
            return new Listing(items.stream().map(item -> item.at(place)).toList(), place);
        }

        @Override
        public String describe() {
            return "a list";
        }
    }

    /** A key of a mapping with its own place, and its value. */
    record Entry(Origin key, ConfigNode value) {}

    /** Keys with values, in the order of the file. */
    record Mapping(Map<String, Entry> entries, Origin origin) implements ConfigNode {
        public Mapping {
            entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
        }

        @Override
        public Mapping at(Origin place) {
            Map<String, Entry> moved = new LinkedHashMap<>();
            entries.forEach((key, entry) ->
                    moved.put(key, new Entry(place, entry.value().at(place))));
            return new Mapping(moved, place);
        }

        @Override
        public String describe() {
            return "a mapping";
        }

        /** The value of a key, null where it is absent. */
        public ConfigNode get(String key) {
            Entry entry = entries.get(key);
            return entry == null ? null : entry.value();
        }

        /** The same mapping with one more or another value. */
        Mapping with(String key, Entry entry) {
            Map<String, Entry> changed = new LinkedHashMap<>(entries);
            changed.put(key, entry);
            return new Mapping(changed, origin);
        }

        /** Where a path such as {@code data.train.path} was written; for an absent key the section that lacks it. */
        public Origin locate(String path) {
            ConfigNode node = this;
            List<KeyPath.Step> steps =
                    path.isEmpty() ? List.of() : KeyPath.parse(path).steps();
            for (KeyPath.Step step : steps) {
                ConfigNode next = step.in(node);
                if (next == null) {
                    return node.origin();
                }
                node = next;
            }
            return node.origin();
        }
    }
}
