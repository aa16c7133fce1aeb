package io.vertebra.heads;

import io.vertebra.backbones.Backbone;
import io.vertebra.backbones.BackboneConfig;
import io.vertebra.backbones.BackboneFamily;
import io.vertebra.backbones.FamilyTable;
import io.vertebra.backbones.Pyramid;
import io.vertebra.graph.Conv;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import java.util.List;

/** A backbone of one convolution, eight times smaller than the picture. */
final class OneLevel implements BackboneFamily<OneLevel.Config> {

    record Config(Integer outputStride, Integer inChannels) implements BackboneConfig {}

    Backbone<Config> backbone() {
        return Backbone.of("one_level", this);
    }

    @Override
    public FamilyTable<Config> table() {
        return new FamilyTable<>(List.of("one_level"), Config.class);
    }

    @Override
    public Config defaults() {
        return new Config(8, 3);
    }

    @Override
    public Pyramid build(String variant, Config config, Node input, GraphBuilder g) {
        return new Pyramid(List.of(g.conv("conv", input, Conv.of(3, 16).stride(8))));
    }

    @Override
    public Node classifier(String variant, Config config, Node features, int classes, GraphBuilder g) {
        return g.linear("fc", features, classes);
    }
}
