package io.vertebra.backbones.weights;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How one source of weights names, lays out and means its tensors. Schemes are data: one JSON file each in the resource folder {@code schemes/}, listed in
 * {@code schemes/index.json}. Keys are the components of this record in snake case; what is marked optional may be left out.
 *
 * <pre>{@code
 * {
 *   "name": "keras_mobilenet",
 *   "about": "Keras MobileNet V1 ...",
 *   "recognise": [{"all": ["conv_dw_1/depthwise_kernel"], "none": [".*weights"]}],
 *   "architectures": [{"name": "mobilenetv1_075", "shapes": {"conv1/kernel": [3, 3, 3, 24]}}],
 *   "class_offset": 0,
 *   "same_padding": true,
 *   "norm_epsilon": 0.001,
 *   "own_conventions": ["tf_.+"],
 *   "tables": {"block": {"1": "0.0", "2": "1.0"}},
 *   "rules": [{"from": "conv_dw_(\\d+)/depthwise_kernel", "to": "blocks.{1:block}.conv_dw.weight", "layout": "hwim"}],
 *   "ignore": ["anchors"],
 *   "preprocessing": {"input_size": 224, "mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5], "interpolation": "bilinear", "crop": 0.875}
 * }
 * }</pre>
 *
 * @param name of the scheme, as the file is called
 * @param about one line for people
 * @param recognise alternatives ({@link Signature}); a file has this scheme if one of them matches its names
 * @param architectures signatures whose name is the architecture; the first that matches is the hint (optional)
 * @param classOffset outputs of the classifier before the first class: 1 where index 0 is the background (optional, 0)
 * @param samePadding whether convolutions and pools pad as TensorFlow's SAME (optional, false)
 * @param normEpsilon ε of the norms; left out: the model's own
 * @param ownConventions regular expressions of models that have these names too, but keep their own padding and ε (optional)
 * @param foldedNorm whether norms were folded into the convolutions: the model needs frozen norms, of which only the shift is in the file (optional)
 * @param tables texts by text for {@code {1:table}} in rules (optional)
 * @param rules the first that fits a name renames it ({@link Rule})
 * @param ignore regular expressions of names that are no parameters (optional)
 * @param preprocessing of the published accuracies (optional)
 */
public record Scheme(
        String name,
        String about,
        List<Signature> recognise,
        List<Signature> architectures,
        int classOffset,
        boolean samePadding,
        Double normEpsilon,
        List<String> ownConventions,
        boolean foldedNorm,
        Map<String, Map<String, String>> tables,
        List<Rule> rules,
        List<String> ignore,
        Preprocessing preprocessing) {

    private static final Pattern TABLE = Pattern.compile("\\{\\d:(\\w+)}");

    /** What a rule makes of a name. */
    record Renamed(String name, Rule rule) {}

    /** Fills in what was left out and checks that the parts fit together. */
    public Scheme {
        require(name != null && name.matches("[a-z0-9_]+"), "name", "must be in lower snake case");
        require(about != null && !about.isBlank(), name, "needs an about");
        recognise = recognise == null ? List.of() : List.copyOf(recognise);
        architectures = architectures == null ? List.of() : List.copyOf(architectures);
        ownConventions = ownConventions == null ? List.of() : List.copyOf(ownConventions);
        ownConventions.forEach(Pattern::compile);
        tables = tables == null ? Map.of() : Map.copyOf(tables);
        rules = rules == null ? List.of() : List.copyOf(rules);
        ignore = ignore == null ? List.of() : List.copyOf(ignore);
        ignore.forEach(Pattern::compile);
        require(!rules.isEmpty(), name, "needs rules");
        require(classOffset >= 0, name, "class_offset must not be negative");
        require(architectures.stream().noneMatch(s -> s.name().isEmpty()), name, "an architecture needs a name");
        boolean folds = rules.stream().anyMatch(Rule::foldedNorm);
        require(folds == foldedNorm, name, "folded_norm of the scheme and of its rules disagree");
        require(!foldedNorm || normEpsilon != null, name, "folded norms need a norm_epsilon");
        Set<String> used = new HashSet<>();
        for (Rule rule : rules) {
            for (Matcher table = TABLE.matcher(rule.to()); table.find(); ) {
                used.add(table.group(1));
            }
        }
        require(
                used.equals(tables.keySet()),
                name,
                "tables " + tables.keySet() + " and those of the rules " + used + " differ");
    }

    private static void require(boolean holds, String where, String reason) {
        if (!holds) {
            throw new IllegalArgumentException("scheme " + where + ": " + reason);
        }
    }

    /** The canonical name and layout for a name of a file; nothing if no rule is for it. */
    Optional<Renamed> rename(String inFile) {
        for (Rule rule : rules) {
            Optional<String> renamed = rule.rename(inFile, tables);
            if (renamed.isPresent()) {
                return Optional.of(new Renamed(renamed.get(), rule));
            }
        }
        return Optional.empty();
    }

    /** Whether a model keeps its own padding and ε: names and shapes do not tell it from one that the scheme has others for. */
    boolean leavesConventionsTo(String model) {
        return ownConventions.stream().anyMatch(model::matches);
    }

    /** Whether a tensor of this name is passed over in silence: {@code num_batches_tracked} and what the scheme ignores. */
    boolean ignores(String inFile) {
        return inFile.endsWith("num_batches_tracked") || ignore.stream().anyMatch(inFile::matches);
    }
}
