package io.vertebra.tasks;

import io.vertebra.backbones.Backbones;
import io.vertebra.graph.Conventions;
import io.vertebra.heads.Head;
import io.vertebra.heads.HeadPart;
import io.vertebra.heads.Heads;
import io.vertebra.heads.Model;
import io.vertebra.heads.Neck;
import io.vertebra.heads.Necks;
import io.vertebra.heads.detection.FasterRcnnConfig;
import io.vertebra.heads.neck.FpnNeck;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Two-stage detectors that are small: a CIFAR backbone below two levels of eight channels, and one more by pooling. */
public final class TwoStages {
    /** Anchors of a picture that count. */
    public static final int ANCHORS = 16;

    /** Objects of a picture that there is room for. */
    public static final int TRUTHS = 5;

    private TwoStages() {}

    /** Faster R-CNN with a second stage of 32 channels. */
    public static Head<?> head() {
        FasterRcnnConfig.Proposals proposals =
                new FasterRcnnConfig.Proposals(64, 32, 64, 24, null, null, null, ANCHORS, null, null, null, null);
        FasterRcnnConfig.Box box = new FasterRcnnConfig.Box(24, null, null, 3, null, null, 32, null);
        return Heads.builtIn().get("faster_rcnn").with(new FasterRcnnConfig(null, null, proposals, box, null, TRUTHS));
    }

    /** Its neck. */
    public static Neck<?> neck() {
        return Necks.builtIn().get("fpn").with(new FpnNeck.Config(null, 8, null, List.of(-2, -1), null));
    }

    /** A model of one head. */
    public static Model model(int classes) {
        return model(Map.of("", HeadPart.of(head(), classes)));
    }

    /** A model of several heads. */
    public static Model model(Map<String, HeadPart> parts) {
        return new Model(Backbones.builtIn().get("resnet20_cifar"), Optional.of(neck()), parts, Conventions.DEFAULT);
    }
}
