package io.vertebra.backbones;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;

/** The entries of {@code anchors/forward_goldens.json} for our models, and which of our outputs is which of their modules. */
public final class ForwardGoldens {
    private ForwardGoldens() {}

    /** The entry of a model: the first of its name, which is the one whose form we follow. */
    public static JsonNode of(String name) {
        for (JsonNode entry : Shared.json("anchors/forward_goldens.json").path("models")) {
            if (entry.path("name").asText().equals(name)) {
                return entry;
            }
        }
        throw new IllegalStateException("no forward golden for " + name);
    }

    /** Module of the source → output of {@link Networks#classifier}, or a node to ask for. */
    public static Map<String, String> taps(JsonNode golden) {
        Map<String, String> taps = new LinkedHashMap<>();
        int level = 0;
        for (Map.Entry<String, JsonNode> feature : golden.path("features").properties()) {
            String module = feature.getKey();
            taps.put(
                    module,
                    switch (module) {
                        case "maxpool" -> "max_pool";
                        case "features.norm5" ->
                            module; // torchvision's tap is before the last ReLU, our level behind it
                        case "features.18" ->
                            golden.path("name").asText().equals("mobilenet_v2")
                                    ? "features.18.relu6" // torchvision counts the classifier's convolution in
                                    : "pyramid." + level++;
                        default -> "pyramid." + level++;
                    });
        }
        return taps;
    }
}
