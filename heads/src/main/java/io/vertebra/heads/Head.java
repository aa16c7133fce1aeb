package io.vertebra.heads;

import io.vertebra.backbones.Backbone;
import io.vertebra.backbones.Pyramid;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import java.util.Map;

/**
 * A kind of head with its options chosen.
 *
 * @param name of the kind: {@code classifier}
 * @param family what it adds
 * @param config its options
 * @param <C> their record
 */
public record Head<C extends Record>(String name, HeadFamily<C> family, C config) {

    /** With the family's defaults. */
    public static <C extends Record> Head<C> of(String name, HeadFamily<C> family) {
        return new Head<>(name, family, family.defaults());
    }

    /** The same kind with other options; the record must be the family's. */
    public Head<C> with(Record options) {
        return new Head<>(name, family, family.config().cast(options));
    }

    /** The task that its outputs are for. */
    public String task() {
        return family.task();
    }

    /** Refuses a backbone that it cannot work on. */
    public void check(Backbone<?> backbone) {
        family.check(config, backbone);
    }

    /** Adds the layers and gives the outputs by name. */
    public Map<String, Node> build(Backbone<?> backbone, Pyramid pyramid, int classes, GraphBuilder g) {
        return family.build(config, backbone, pyramid, classes, g);
    }
}
