package io.vertebra.app.config;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.resolver.ScalarResolver;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/** Builds the tree of one document from parser events; limits bite before anything is allocated for what exceeds them. */
final class NodeComposer {
    private static final int MAX_DEPTH = 64;
    private static final int MAX_ALIASES = 50;
    private static final int MAX_VALUES = 100_000;

    private final String source;
    private final Origin fixed;
    private final Iterator<Event> events;
    private final ScalarResolver resolver = new CoreSchema().getScalarResolver();
    private final Map<String, Anchored> anchors = new HashMap<>();
    private final Deque<String> open = new ArrayDeque<>();
    private final List<Fault> faults = new ArrayList<>();
    private int aliases;
    private int values;

    /** A node that aliases may name, and how many values it has written out. */
    private record Anchored(ConfigNode node, int values) {}

    /** Composes one document; everything gets the fixed origin, or where that is null its own mark. */
    NodeComposer(String source, Origin fixed, Iterator<Event> events) {
        this.source = source;
        this.fixed = fixed;
        this.events = events;
    }

    ConfigNode document() {
        Event start = events.next(); // the stream's
        Event event = events.next();
        if (event.getEventId() == Event.ID.StreamEnd) {
            throw fault(
                    start, fixed == null ? "is empty; a config needs at least the key task" : "has no value after =");
        }
        ConfigNode root = node(events.next(), 1);
        events.next(); // the document's end
        Event after = events.next();
        if (after.getEventId() != Event.ID.StreamEnd) {
            faults.add(new Fault(origin(after), "", "a second document begins here; one file is one config"));
        }
        if (!faults.isEmpty()) {
            throw new ConfigException(faults);
        }
        return root;
    }

    private ConfigNode node(Event event, int depth) {
        if (depth > MAX_DEPTH) {
            throw fault(event, "is nested deeper than " + MAX_DEPTH + " levels");
        }
        if (event instanceof AliasEvent alias) {
            return resolve(alias);
        }
        int before = values;
        count(event, 1);
        refuseTag(event);
        Optional<String> anchor = ((NodeEvent) event).getAnchor().map(a -> a.getValue());
        anchor.ifPresent(open::push);
        ConfigNode node = event instanceof ScalarEvent scalar
                ? scalar(scalar)
                : event instanceof MappingStartEvent ? mapping(event, depth) : listing(event, depth);
        anchor.ifPresent(name -> {
            open.pop();
            anchors.put(name, new Anchored(node, values - before));
        });
        return node;
    }

    private ConfigNode resolve(AliasEvent alias) {
        String name = alias.getAlias().getValue();
        if (++aliases > MAX_ALIASES) {
            throw fault(alias, "has more than " + MAX_ALIASES + " aliases");
        }
        if (open.contains(name)) {
            throw fault(alias, "alias " + Text.quote(name) + " contains itself");
        }
        Anchored anchored = anchors.get(name);
        if (anchored == null) {
            throw fault(alias, "undefined alias " + Text.quote(name));
        }
        count(alias, anchored.values());
        return anchored.node();
    }

    private void count(Event event, int more) {
        values += more;
        if (values > MAX_VALUES) {
            throw fault(event, "has more than " + MAX_VALUES + " values");
        }
    }

    private void refuseTag(Event event) {
        Optional<String> tag = event instanceof ScalarEvent s ? s.getTag() : ((CollectionStartEvent) event).getTag();
        tag.ifPresent(t -> faults.add(new Fault(
                origin(event),
                "",
                "tag " + Text.quote(t.replace(Tag.PREFIX, "!!")) + " is refused; a config holds plain values only")));
    }

    private ConfigNode scalar(ScalarEvent event) {
        String text = event.getValue();
        Tag tag = event.isPlain() ? resolver.resolve(text, true) : Tag.STR;
        ConfigNode.Kind kind = ConfigNode.Kind.TEXT;
        if (tag.equals(Tag.INT)) {
            kind = ConfigNode.Kind.WHOLE;
        } else if (tag.equals(Tag.FLOAT)) {
            kind = ConfigNode.Kind.DECIMAL;
        } else if (tag.equals(Tag.BOOL)) {
            kind = ConfigNode.Kind.TRUTH;
        } else if (tag.equals(Tag.NULL)) {
            kind = ConfigNode.Kind.NOTHING;
        }
        return new ConfigNode.Scalar(kind, text, origin(event));
    }

    private ConfigNode listing(Event start, int depth) {
        List<ConfigNode> items = new ArrayList<>();
        for (Event next = events.next(); next.getEventId() != Event.ID.SequenceEnd; next = events.next()) {
            items.add(node(next, depth + 1));
        }
        return new ConfigNode.Listing(items, origin(start));
    }

    private ConfigNode mapping(Event start, int depth) {
        Map<String, ConfigNode.Entry> entries = new LinkedHashMap<>();
        for (Event next = events.next(); next.getEventId() != Event.ID.MappingEnd; next = events.next()) {
            Origin place = origin(next);
            ConfigNode key = node(next, depth + 1);
            ConfigNode value = node(events.next(), depth + 1);
            if (!(key instanceof ConfigNode.Scalar name) || name.kind() != ConfigNode.Kind.TEXT) {
                faults.add(new Fault(place, "", "a key must be text, found " + key.describe()));
            } else if (name.text().equals("<<")) {
                faults.add(
                        new Fault(place, "", "merge keys (<<) are not supported; use extends or write the values out"));
            } else if (entries.putIfAbsent(name.text(), new ConfigNode.Entry(place, value)) != null) {
                Origin first = entries.get(name.text()).key();
                faults.add(new Fault(
                        place,
                        "",
                        "duplicate key " + Text.quote(name.text())
                                + (first.line() == 0 ? "" : ", first in line " + first.line())));
            }
        }
        return new ConfigNode.Mapping(entries, origin(start));
    }

    private Origin origin(Event event) {
        return fixed != null
                ? fixed
                : event.getStartMark().map(m -> YamlReader.origin(source, m)).orElse(Origin.of(source));
    }

    private ConfigException fault(Event event, String reason) {
        faults.add(new Fault(origin(event), "", reason));
        return new ConfigException(faults);
    }
}
