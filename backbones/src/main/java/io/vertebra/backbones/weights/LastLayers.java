package io.vertebra.backbones.weights;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The layers of a model whose rows count its classes, found by their canonical names: a classifier, the last layer of a
 * head for segmentation and of its auxiliary head, the class predictors of a detector, with two stages its box predictor too. With several heads a head's key
 * stands before them.
 */
final class LastLayers {

    private static final String KEY = "(?:(?<key>(?!head\\.)[a-z][a-z0-9_]*)\\.)?";

    /** The first of these that there is, is the last layer; others of these names are hidden ones. */
    private static final List<Pattern> CLASSIFIERS = patterns(
            "decode_head\\.conv_seg",
            "segmentation_head\\.0",
            "classifier\\.6",
            "classifier\\.4",
            "classifier\\.3",
            "head\\.fc",
            "last_linear",
            "output",
            "output\\.fc3",
            "output\\.final_conv\\.conv",
            "fc",
            "classifier\\.1",
            "classifier",
            "classif",
            "linear",
            "conv4_3");

    /** LR-ASPP adds up what two of them say. */
    private static final List<Pattern> SUMMED = patterns("classifier\\.(?:low|high)_classifier");

    private static final List<Pattern> AUXILIARY =
            patterns("auxiliary_head\\.conv_seg", "aux_classifier\\.4", "aux[12]\\.fc2", "AuxLogits\\.fc");

    /** Each level of a detector has one; beside it stands the predictor of its boxes, four rows an anchor. */
    private static final List<Pattern> PREDICTORS =
            patterns("bbox_head\\.cls_convs\\.\\d+\\.0", "head\\.classification_head\\.module_list\\.\\d+(?:\\.1)?");

    /** The second stage of a detector: classes, and four rows of each for its box. */
    private static final List<Pattern> REGIONS = patterns(
            "roi_heads\\.box_predictor\\.cls_score",
            "roi_heads\\.box_predictor\\.bbox_pred",
            "roi_head\\.bbox_head\\.fc_cls",
            "roi_head\\.bbox_head\\.fc_reg");

    private static final Pattern REGION_BOXES = Pattern.compile(".*(bbox_pred|fc_reg)\\.\\w+");

    private static final int BOX = 4;

    private final Map<String, List<String>> byKey = new LinkedHashMap<>();
    private final Set<String> names = new LinkedHashSet<>();

    /** Those among parameters of these names. */
    LastLayers(Collection<String> parameters) {
        Set<String> layers = new LinkedHashSet<>();
        for (String name : parameters) {
            if (name.endsWith(".weight")) {
                layers.add(name.substring(0, name.length() - ".weight".length()));
            }
        }
        CLASSIFIERS.forEach(p -> find(p, layers, true));
        SUMMED.forEach(p -> find(p, layers, false));
        PREDICTORS.forEach(p -> find(p, layers, false));
        REGIONS.forEach(p -> find(p, layers, false));
        List<String> all = new ArrayList<>();
        byKey.values().forEach(all::addAll);
        AUXILIARY.forEach(
                p -> layers.stream().filter(l -> p.matcher(l).matches()).forEach(all::add));
        all.forEach(layer -> names.addAll(List.of(layer + ".weight", layer + ".bias")));
        names.retainAll(Set.copyOf(parameters));
    }

    private static List<Pattern> patterns(String... layers) {
        return List.of(layers).stream().map(l -> Pattern.compile(KEY + l)).toList();
    }

    private void find(Pattern pattern, Set<String> layers, boolean one) {
        for (String layer : layers) {
            Matcher matcher = pattern.matcher(layer);
            if (matcher.matches()) {
                String key = Optional.ofNullable(matcher.group("key")).orElse("");
                List<String> found = byKey.computeIfAbsent(key, k -> new ArrayList<>());
                if (!one || found.isEmpty()) {
                    found.add(layer);
                }
            }
        }
    }

    /** Weights and biases. */
    Set<String> names() {
        return names;
    }

    /** The outputs of the single head among parameters of these shapes; nothing for several heads. */
    OptionalInt outputs(Map<String, List<Integer>> shapes) {
        if (byKey.size() != 1) {
            return OptionalInt.empty();
        }
        String weight = byKey.values().iterator().next().get(0) + ".weight";
        return classes(weight, shapes.get(weight), shapes);
    }

    /** The classes that the rows of one of these parameters stand for. */
    static OptionalInt classes(String name, List<Integer> shape, Map<String, List<Integer>> shapes) {
        if (shape.isEmpty()) {
            return OptionalInt.empty();
        }
        int rows = shape.get(0);
        if (REGION_BOXES.matcher(name).matches()) {
            return OptionalInt.of(rows / BOX);
        }
        String boxes = name.replace("cls_convs", "reg_convs").replace("classification_head", "regression_head");
        if (boxes.equals(name)) {
            return OptionalInt.of(rows);
        }
        List<Integer> beside = shapes.getOrDefault(boxes, List.of());
        int anchors = beside.isEmpty() ? 0 : beside.get(0) / BOX;
        return anchors > 0 && rows % anchors == 0 ? OptionalInt.of(rows / anchors) : OptionalInt.empty();
    }
}
