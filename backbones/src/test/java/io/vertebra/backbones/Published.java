package io.vertebra.backbones;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertebra.graph.Graph;
import io.vertebra.graph.op.ParameterSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the source of a golden spells our parameters where it differs. Most goldens of ConvNeXts are torchvision's, whose
 * names are not the canonical ones, and the MLP of the larger ones is made of linear layers; the goldens of narrow and wide
 * MobileNets V2 are timm's.
 */
final class Published {
    private static final String CONVOLUTIONAL = "convnext_((atto|femto|pico|nano)(_ols)?|tiny_hnf)";
    private static final Pattern STAGE = Pattern.compile("stages\\.(\\d)\\.(downsample|blocks)\\.(\\d+)\\.(.+)");
    private static final Map<String, String> PARTS = parts();

    private static final List<String> MOBILE_LAYERS = List.of("conv_pw", "bn1", "conv_dw", "bn2", "conv_pwl", "bn3");
    private static final List<String> MOBILE_BLOCKS = List.of(
            "0.0", "1.0", "1.1", "2.0", "2.1", "2.2", "3.0", "3.1", "3.2", "3.3", "4.0", "4.1", "4.2", "5.0", "5.1",
            "5.2", "6.0");
    private static final Map<String, String> MOBILE_ENDS = Map.of(
            "features.0.0", "conv_stem",
            "features.0.1", "bn1",
            "features.18.0", "conv_head",
            "features.18.1", "bn2",
            "classifier.1", "classifier");

    private final Source source;
    private final boolean linear;

    private enum Source {
        OURS,
        TORCHVISION_CONVNEXT,
        TIMM_MOBILENET_V2
    }

    private Published(Source source, boolean linear) {
        this.source = source;
        this.linear = linear;
    }

    private static Map<String, String> parts() {
        Map<String, String> parts = new LinkedHashMap<>();
        parts.put("gamma", "layer_scale");
        parts.put("conv_dw", "block.0");
        parts.put("norm", "block.2");
        parts.put("mlp.fc1", "block.3");
        parts.put("mlp.fc2", "block.5");
        return parts;
    }

    /** The spelling of a golden's source. */
    static Published in(JsonNode golden) {
        String name = golden.path("name").asText();
        boolean convNeXt = name.startsWith("convnext");
        boolean torchvision = golden.path("source").asText().equals("torchvision");
        return new Published(
                convNeXt && torchvision
                        ? Source.TORCHVISION_CONVNEXT
                        : name.startsWith("mobilenetv2_") ? Source.TIMM_MOBILENET_V2 : Source.OURS,
                convNeXt && !name.matches(CONVOLUTIONAL));
    }

    /** A parameter's name. */
    String name(String ours) {
        return switch (source) {
            case OURS -> ours;
            case TORCHVISION_CONVNEXT -> convNeXt(ours);
            case TIMM_MOBILENET_V2 -> mobileNet(ours);
        };
    }

    private static String mobileNet(String ours) {
        int dot = ours.lastIndexOf('.');
        String layer = ours.substring(0, dot);
        String kind = ours.substring(dot);
        if (MOBILE_ENDS.containsKey(layer)) {
            return MOBILE_ENDS.get(layer) + kind;
        }
        String[] words = layer.split("\\.", 4); // features, the block, conv, the place in it
        int block = Integer.parseInt(words[1]) - 1;
        List<String> places =
                block == 0 ? List.of("0.0", "0.1", "1", "2") : List.of("0.0", "0.1", "1.0", "1.1", "2", "3");
        int place = places.indexOf(words[3]);
        List<String> names = block == 0 ? List.of("conv_dw", "bn1", "conv_pw", "bn2") : MOBILE_LAYERS;
        return "blocks." + MOBILE_BLOCKS.get(block) + "." + names.get(place) + kind;
    }

    private static String convNeXt(String ours) {
        Matcher stage = STAGE.matcher(ours);
        if (!stage.matches()) {
            return ours.replace("stem", "features.0")
                    .replace("head.norm", "classifier.0")
                    .replace("head.fc", "classifier.2");
        }
        int number = Integer.parseInt(stage.group(1));
        if (stage.group(2).equals("downsample")) {
            return "features." + 2 * number + "." + stage.group(3) + "." + stage.group(4);
        }
        String part = stage.group(4);
        for (Map.Entry<String, String> entry : PARTS.entrySet()) {
            part = part.replace(entry.getKey(), entry.getValue());
        }
        return "features." + (2 * number + 1) + "." + stage.group(3) + "." + part;
    }

    /** The lines {@code name shape} of a state dict, in PyTorch's order: a module's own parameters before those of its parts. */
    List<String> stateDict(Graph graph) {
        List<String> lines = new ArrayList<>();
        for (ParameterSpec p : graph.parameters()) {
            String line = name(p.name()) + " " + shape(p);
            if (p.name().endsWith(".gamma")) {
                String module = name(p.name()).replaceAll("[^.]+$", "");
                List<String> before =
                        lines.stream().filter(l -> l.startsWith(module)).toList();
                lines.add(lines.indexOf(before.get(0)), line);
            } else {
                lines.add(line);
            }
            if (p.name().endsWith(".running_var")) {
                lines.add(name(p.name()).replace("running_var", "num_batches_tracked") + " scalar");
            }
        }
        return lines;
    }

    private String shape(ParameterSpec p) {
        String shape = String.join(
                "x", p.shape().extents().stream().map(String::valueOf).toList());
        if (linear && p.name().contains(".mlp.")) {
            return shape.replaceAll("x1x1$", "");
        }
        return source == Source.TORCHVISION_CONVNEXT && p.name().endsWith(".gamma") ? shape + "x1x1" : shape;
    }
}
