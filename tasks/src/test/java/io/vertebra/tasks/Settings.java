package io.vertebra.tasks;

import io.vertebra.backbones.Backbones;
import io.vertebra.heads.HeadPart;
import io.vertebra.heads.Heads;
import io.vertebra.heads.Model;
import io.vertebra.heads.segmentation.FcnHead;
import io.vertebra.tasks.config.EvaluateConfig;
import io.vertebra.tasks.config.LossConfig;
import io.vertebra.tasks.config.LossTerm;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Small models with heads, and the settings of their tasks. */
public final class Settings {
    private Settings() {}

    /** A head by name. */
    public static HeadPart part(String head, int classes) {
        return HeadPart.of(Heads.builtIn().get(head), classes);
    }

    /** A fully convolutional head, of an eighth of the usual width so that it trains within seconds. */
    public static HeadPart narrowFcn(int classes) {
        return HeadPart.of(
                Heads.builtIn().get("fcn").with(new FcnHead.Config(null, 64, null, null, null, null)), classes);
    }

    /** A model with one head. */
    public static Model model(HeadPart part) {
        return model(Map.of("", part));
    }

    /** A model with several heads. */
    public static Model model(Map<String, HeadPart> parts) {
        return Model.of(Backbones.builtIn().get("resnet20_cifar"), parts);
    }

    /** A setting of a single head, the rest by default. */
    public static Setting of(Model model, List<String> names) {
        return of(model, names, LossConfig.defaults(), EvaluateConfig.defaults());
    }

    /** A setting of a single head. */
    public static Setting of(Model model, List<String> names, LossConfig loss, EvaluateConfig evaluate) {
        return new Setting(model, "", Map.of("", Labels.of(names)), loss, evaluate, false);
    }

    /** A setting of several heads, opened at the first one. */
    public static Setting of(Model model, Map<String, List<String>> names, LossConfig loss) {
        Map<String, Labels> labels = new LinkedHashMap<>();
        names.forEach((key, own) -> labels.put(key, Labels.of(own)));
        return new Setting(model, labels.keySet().iterator().next(), labels, loss, EvaluateConfig.defaults(), false);
    }

    /** A loss of terms. */
    public static LossConfig terms(LossTerm... terms) {
        return new LossConfig(null, List.of(terms), null, null, null);
    }
}
