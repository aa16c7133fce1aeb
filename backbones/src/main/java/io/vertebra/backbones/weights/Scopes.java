package io.vertebra.backbones.weights;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which parameter of a model each tensor of a file is for, where the two stand in different scopes: a classifier's
 * checkpoint has bare names, a model with another head wants them below {@code backbone.}; with several heads the names of
 * each stand below its key.
 */
final class Scopes {
    private static final String BACKBONE = "backbone.";

    /** The backbone's scope where a neck stands beside it, as in torchvision's detectors. */
    private static final String BODY = "backbone.body.";

    /**
     * A classifier and the layers between it and the last level of a pyramid: the last convolution of MobileNet V2,
     * EfficientNet and ShuffleNet V2, VGG's fc6 and fc7, ConvNeXt's last norm, LeNet's hidden layers.
     */
    private static final Pattern CLASSIFIER =
            Pattern.compile("(fc|linear|last_linear|classifier|head|f[56]|output)\\..+"
                    + "|(features\\.(18|[78])|conv5)\\.[01]\\.(weight|bias|running_mean|running_var)");

    private static final Pattern AUXILIARY =
            Pattern.compile("(?:[a-z][a-z0-9_]*\\.)?(?:aux_classifier|auxiliary_head|aux[12]|AuxLogits)\\..+");

    /**
     * What a head or a neck adds below the backbone's scope: layers of torchvision's detectors, the norms of ConvNeXt's
     * levels.
     */
    private static final Pattern OF_HEAD =
            Pattern.compile("(?!backbone\\.).+|backbone\\.(extra\\..+|scale_weight|norm\\d\\..+|fpn\\..+)");

    private final Map<String, String> sources = new LinkedHashMap<>();
    private final List<String> leftOut = new ArrayList<>();
    private final List<String> unexpected = new ArrayList<>();
    private final boolean fromBare;

    Scopes(Set<String> inFile, Set<String> wanted) {
        boolean scopedFile = inFile.stream().anyMatch(n -> n.startsWith(BACKBONE));
        boolean scopedModel = wanted.stream().anyMatch(n -> n.startsWith(BACKBONE));
        String scope = wanted.stream().anyMatch(n -> n.startsWith(BODY)) ? BODY : BACKBONE;
        fromBare = scopedModel && !scopedFile && inFile.stream().anyMatch(n -> wanted.contains(scope + n));
        Map<String, String> keyed = keyed(wanted);
        boolean hasAuxiliary =
                wanted.stream().anyMatch(n -> AUXILIARY.matcher(n).matches());
        int pool = fromBare ? poolBeforeExtra(wanted) : 0;
        for (String name : inFile) {
            if (!hasAuxiliary && AUXILIARY.matcher(name).matches()) {
                leftOut.add(name); // before its key is taken off: AuxLogits.fc is not fc
                continue;
            }
            List<String> candidates = new ArrayList<>();
            if (fromBare) {
                candidates.add(scope + name);
                candidates.add(scope + extra(name, pool));
            } else {
                candidates.add(name);
                candidates.add(name.substring(name.indexOf('.') + 1)); // a key, or the backbone's scope
            }
            candidates.add(keyed.getOrDefault(name, name));
            String target = candidates.stream()
                    .filter(c -> wanted.contains(c) && !sources.containsKey(c) && !(fromBare && c.equals(name)))
                    .findFirst()
                    .orElse(null);
            if (target != null) {
                sources.put(target, name);
            } else {
                boolean isSpare = fromBare && CLASSIFIER.matcher(name).matches();
                (isSpare ? leftOut : unexpected).add(name);
            }
        }
    }

    /** Names below one key only → the name with the key. */
    private static Map<String, String> keyed(Set<String> wanted) {
        Map<String, String> keyed = new LinkedHashMap<>();
        for (String name : wanted) {
            int point = name.indexOf('.');
            if (point > 0 && !name.startsWith(BACKBONE)) {
                keyed.merge(name.substring(point + 1), name, (a, b) -> "");
            }
        }
        return keyed;
    }

    /** Where VGG's list is cut in two below SSD: the place of pool 4, two behind the last layer with parameters before it. */
    private static int poolBeforeExtra(Set<String> wanted) {
        if (!wanted.contains(BACKBONE + "extra.0.1.weight")) {
            return 0;
        }
        return 2
                + wanted.stream()
                        .filter(n -> n.matches("backbone\\.features\\.\\d+\\.weight"))
                        .mapToInt(n -> Integer.parseInt(n.split("\\.", -1)[2]))
                        .max()
                        .orElse(0);
    }

    private static String extra(String name, int pool) {
        if (pool == 0 || !name.matches("features\\.\\d{1,4}\\..+")) {
            return name;
        }
        String[] parts = name.split("\\.", 3);
        return "extra.0." + (Integer.parseInt(parts[1]) - pool) + "." + parts[2];
    }

    /** The file's tensor for each parameter that it has one for. */
    Map<String, String> sources() {
        return sources;
    }

    /** Tensors of a head that the model does not have: a backbone's own classifier, an auxiliary head. */
    List<String> leftOut() {
        return leftOut;
    }

    /** Tensors that the model does not want. */
    List<String> unexpected() {
        return unexpected;
    }

    /** Whether a parameter belongs to a head that a checkpoint of a backbone with its own classifier cannot have. */
    boolean isNew(String parameter) {
        return fromBare && OF_HEAD.matcher(parameter).matches();
    }
}
