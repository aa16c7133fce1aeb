package io.vertebra.heads.detection;

import io.vertebra.backbones.Backbones;
import io.vertebra.graph.Conventions;
import io.vertebra.heads.HeadPart;
import io.vertebra.heads.Heads;
import io.vertebra.heads.Model;
import io.vertebra.heads.Necks;
import java.util.Map;
import java.util.Optional;

/** Two-stage detectors that options make of a head. */
final class TwoStageModels {

    /** mmdetection's names. */
    static final Map<String, String> BACKBONES = Map.of("R-50-FPN", "resnet50", "R-101-FPN", "resnet101");

    /** The box of the background, which mmdetection does not predict: 4 · (1024 + 1) parameters. */
    static final long BACKGROUND_BOX = 4100;

    private TwoStageModels() {}

    /** Faster R-CNN with FPN as it is when nothing is said. */
    static Model mmdet(String backbone, int outputs) {
        return on(BACKBONES.get(backbone), outputs);
    }

    /** The head with its defaults on an FPN with its defaults. */
    static Model on(String backbone, int outputs) {
        return new Model(
                Backbones.builtIn().get(backbone),
                Optional.of(Necks.builtIn().get("fpn")),
                Map.of("", HeadPart.of(Heads.builtIn().get("faster_rcnn"), outputs)),
                Conventions.DEFAULT);
    }
}
