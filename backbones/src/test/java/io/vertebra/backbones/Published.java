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
 * names are not the canonical ones, and the MLP of the larger ones is made of linear layers; those of MobileNets
 * and EfficientNets that only timm has are spelt as {@link TimmNames}.
 */
final class Published {
    private static final String CONVOLUTIONAL = "convnext_((atto|femto|pico|nano)(_ols)?|tiny_hnf)";
    private static final Pattern STAGE = Pattern.compile("stages\\.(\\d)\\.(downsample|blocks)\\.(\\d+)\\.(.+)");
    private static final Map<String, String> PARTS = parts();

    private final Source source;
    private final boolean linear;
    private final String model;

    private enum Source {
        OURS,
        TORCHVISION_CONVNEXT,
        TIMM
    }

    private Published(Source source, boolean linear, String model) {
        this.source = source;
        this.linear = linear;
        this.model = model;
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
        String source = golden.path("source").asText();
        return new Published(
                convNeXt && source.equals("torchvision")
                        ? Source.TORCHVISION_CONVNEXT
                        : source.equals("timm") && TimmNames.differ(name) ? Source.TIMM : Source.OURS,
                convNeXt && !name.matches(CONVOLUTIONAL),
                name);
    }

    /** A parameter's name. */
    String name(String ours) {
        return switch (source) {
            case OURS -> ours;
            case TORCHVISION_CONVNEXT -> convNeXt(ours);
            case TIMM -> TimmNames.of(model, ours);
        };
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
        if (source == Source.TIMM
                && name(p.name()).equals("conv_head.weight")
                && p.shape().extents().size() == 2) {
            return shape + "x1x1"; // a linear layer of ours
        }
        return source == Source.TORCHVISION_CONVNEXT && p.name().endsWith(".gamma") ? shape + "x1x1" : shape;
    }
}
