package io.vertebra.heads;

import io.vertebra.backbones.Backbone;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.GraphException;
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
    public Map<String, Node> build(Trunk trunk, int classes, GraphBuilder g) {
        return family.build(config, trunk, classes, g);
    }

    /** Adds the layers that only training needs and gives their outputs by name. */
    public Map<String, Node> training(Trunk trunk, int classes, Map<String, Node> before, GraphBuilder g) {
        return family.training(config, trunk, classes, before, g);
    }

    /** Whether its logits are enlarged with aligned corners; it must be one for segmentation. */
    public boolean alignCorners() {
        return segmentation().alignCorners(config);
    }

    /** Adds an auxiliary head and gives its logits; it must be one for segmentation. */
    public Node auxiliary(Auxiliary auxiliary, Trunk trunk, int classes, GraphBuilder g) {
        return segmentation().auxiliary(config, auxiliary, trunk, classes, g);
    }

    private SegmentationHead<C> segmentation() {
        if (family instanceof SegmentationHead<C> segmentation) {
            return segmentation;
        }
        throw new GraphException(name, "is a head for " + task() + ", not for segmentation");
    }

    /** What makes boxes of its outputs on a trunk; it must be one for detection. */
    public Detector detector(Trunk trunk, GraphBuilder g) {
        if (family instanceof DetectionHead<C> detection) {
            return detection.detector(config, LevelSizes.of(detection.levels(config, trunk, g), g));
        }
        throw new GraphException(name, "is a head for " + task() + ", not for detection");
    }
}
