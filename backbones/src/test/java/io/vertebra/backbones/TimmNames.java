package io.vertebra.backbones;

import java.util.List;

/** timm's names of the parameters of the families that it shares with torchvision, whose names are ours. */
public final class TimmNames {
    private TimmNames() {}

    /** Whether a model is of a family that timm spells in another way than we do. */
    static boolean differ(String model) {
        BackboneFamily<?> family = Backbones.builtIn().family(model);
        return family instanceof MobileNetV2 || family instanceof MobileNetV3 || family instanceof EfficientNet;
    }

    /** timm's name of a parameter. */
    public static String of(String model, String ours) {
        BackboneFamily<?> family = Backbones.builtIn().family(model);
        String[] parts = ours.split("\\.", -1);
        String kind = "." + parts[parts.length - 1];
        if (parts[0].equals("classifier")) {
            return (family instanceof MobileNetV3 && parts[1].equals("0") ? "conv_head" : "classifier") + kind;
        }
        if (parts.length == 4) { // features, the place, convolution or norm
            boolean isNorm = parts[2].equals("1");
            if (parts[1].equals("0")) {
                return (isNorm ? "bn1" : "conv_stem") + kind;
            }
            return family instanceof MobileNetV3
                    ? "blocks." + depths(model).size() + ".0." + (isNorm ? "bn1" : "conv") + kind
                    : (isNorm ? "bn2" : "conv_head") + kind;
        }
        return "blocks." + (family instanceof EfficientNet ? staged(model, parts) : listed(model, parts)) + kind;
    }

    /** {@code features.2.1.block.0.0.weight}: stage, block, layer. */
    private static String staged(String model, String[] parts) {
        int stage = Integer.parseInt(parts[1]) - 1;
        int layer = Integer.parseInt(parts[4]);
        String block = stage + "." + parts[2] + ".";
        if (model.contains("v2_") && stage < 3) { // all channels at once
            boolean isNorm = parts[5].equals("1");
            String conv = stage == 0 ? "conv" : layer == 0 ? "conv_exp" : "conv_pwl";
            return block + (isNorm ? "bn" + (layer + 1) : conv);
        }
        return block + layer(stage > 0, layer, parts[5]);
    }

    /** {@code features.4.block.2.fc1.weight} of MobileNet V3, {@code features.4.conv.2.weight} of V2: block, layer. */
    private static String listed(String model, String[] parts) {
        int block = Integer.parseInt(parts[1]) - 1;
        int stage = 0;
        for (int depth : depths(model)) {
            if (block < depth) {
                break;
            }
            block -= depth;
            stage++;
        }
        boolean expands = stage > 0;
        int layer = Integer.parseInt(parts[3]);
        String part = parts[4];
        if (parts.length == 5) { // the projection of V2 and its norm have no scope
            part = String.valueOf(layer - (expands ? 2 : 1));
            layer = expands ? 2 : 1;
        }
        return stage + "." + block + "." + layer(expands, layer, part);
    }

    /** Expand, filter, squeeze and excite if at all, project. */
    private static String layer(boolean expands, int place, String part) {
        if (part.startsWith("fc")) {
            return part.equals("fc1") ? "se.conv_reduce" : "se.conv_expand";
        }
        List<String> convs = expands ? List.of("conv_pw", "conv_dw", "conv_pwl") : List.of("conv_dw", "conv_pw");
        int conv = Math.min(place, convs.size() - 1);
        return part.equals("1") ? "bn" + (conv + 1) : convs.get(conv);
    }

    /** Blocks of each stage. */
    private static List<Integer> depths(String model) {
        if (model.contains("v3")) {
            return model.contains("small") ? List.of(1, 2, 3, 2, 3) : List.of(1, 2, 3, 4, 2, 3);
        }
        return switch (model) {
            case "mobilenetv2_110d" -> List.of(1, 3, 4, 5, 4, 4, 1);
            case "mobilenetv2_120d" -> List.of(1, 3, 5, 6, 5, 5, 1);
            default -> List.of(1, 2, 3, 4, 3, 3, 1);
        };
    }
}
