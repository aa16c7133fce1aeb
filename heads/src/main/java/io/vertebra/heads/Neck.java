package io.vertebra.heads;

import io.vertebra.backbones.Pyramid;
import io.vertebra.graph.GraphBuilder;

/**
 * A kind of neck with its options chosen.
 *
 * @param name of the kind: {@code fpn}
 * @param family what it adds
 * @param config its options
 * @param <C> their record
 */
public record Neck<C extends Record>(String name, NeckFamily<C> family, C config) {

    /** With the family's defaults. */
    public static <C extends Record> Neck<C> of(String name, NeckFamily<C> family) {
        return new Neck<>(name, family, family.defaults());
    }

    /** The same kind with other options; the record must be the family's. */
    public Neck<C> with(Record options) {
        return new Neck<>(name, family, family.config().cast(options));
    }

    /** The scope of the names of the backbone below it. */
    public String backboneScope() {
        return family.backboneScope(config);
    }

    /** Adds the layers and gives what heads are put on. */
    public Trunk on(Trunk trunk, GraphBuilder g) {
        return trunk.with(new Pyramid(family.build(config, trunk, g)));
    }
}
