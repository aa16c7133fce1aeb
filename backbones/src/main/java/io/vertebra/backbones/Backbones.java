package io.vertebra.backbones;

import io.vertebra.backbones.embed.FeatureExtractorBuilder;
import io.vertebra.graph.op.GraphException;
import jakarta.inject.Inject;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The backbones by name. */
public final class Backbones {

    /** The families that come with Vertebra; a new one is a line here. */
    static final List<BackboneFamily<?>> FAMILIES = List.of(
            new LeNet(),
            new AlexNet(),
            new ZfNet(),
            new Nin(),
            new CifarNin(),
            new GoogLeNet(),
            new BnInception(),
            new InceptionV3(),
            new InceptionV4(),
            new InceptionResNetV2(),
            new ResNet(),
            new CifarResNet(),
            new CifarPreResNet(),
            new RegNet(),
            new DarkNet(),
            new LegacySeResNet(),
            new DenseNet(),
            new CifarDenseNet(),
            new CondenseNet(),
            new Xception(),
            new AlignedXception(),
            new MobileNetV1(),
            new MobileNetV2(),
            new MobileNetV3(),
            new MobileNetV3Minimal(),
            new MnasNet(),
            new EfficientNet(),
            new ConvNeXt(),
            new ShuffleNet(),
            new ShuffleNetV2(),
            new SqueezeNet(),
            new Vgg());

    private final Map<String, BackboneFamily<?>> byName;

    /** Those of a map from variant to family, such as the injector's. */
    @Inject
    public Backbones(Map<String, BackboneFamily<?>> byName) {
        this.byName = Collections.unmodifiableMap(new LinkedHashMap<>(byName));
    }

    /** Those that come with Vertebra. */
    public static Backbones builtIn() {
        Map<String, BackboneFamily<?>> map = new LinkedHashMap<>();
        FAMILIES.forEach(family -> family.variants().forEach(name -> map.put(name, family)));
        return new Backbones(map);
    }

    /** The way to features of pictures: choose weights, then open. */
    public static FeatureExtractorBuilder load(String name) {
        return new FeatureExtractorBuilder(builtIn().get(name));
    }

    /** All names, family by family. */
    public List<String> names() {
        return List.copyOf(byName.keySet());
    }

    /** The family of a variant. */
    public BackboneFamily<?> family(String name) {
        BackboneFamily<?> family = byName.get(name);
        if (family == null) {
            throw new GraphException(name, "is no backbone; there are " + String.join(", ", byName.keySet()));
        }
        return family;
    }

    /** A backbone with its family's defaults. */
    public Backbone<?> get(String name) {
        return Backbone.of(name, family(name));
    }

    /** A backbone with options of its family's record. */
    public Backbone<?> get(String name, Record options) {
        return get(name).with(options);
    }
}
