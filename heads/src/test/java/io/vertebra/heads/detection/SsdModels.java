package io.vertebra.heads.detection;

import io.vertebra.backbones.Backbones;
import io.vertebra.backbones.Vgg;
import io.vertebra.heads.Heads;
import io.vertebra.heads.Model;
import java.util.List;

/** Detectors that options make of a head. */
final class SsdModels {
    private static final List<Integer> EXTRA = List.of(512, 256, 256, 256, 256);

    private SsdModels() {}

    /** SSD512 on VGG-16. */
    static Model ssd512(int outputs) {
        return Model.of(
                Backbones.builtIn().get("vgg16", new Vgg.Config(null, null, null, null, true, null)),
                Heads.builtIn()
                        .get("ssd")
                        .with(new SsdHead.Config(SsdHead.Style.TORCHVISION, EXTRA, null, null, null, null)),
                outputs);
    }
}
