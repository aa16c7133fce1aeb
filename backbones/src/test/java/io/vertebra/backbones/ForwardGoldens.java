package io.vertebra.backbones;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The entries of {@code anchors/forward_goldens.json} for our models, and those of {@code tools/goldens/backbones_forward.py}
 * for models that have none there; and which of our outputs is which of their modules.
 */
public final class ForwardGoldens {
    private static final JsonNode OWN = own();

    private ForwardGoldens() {}

    /**
     * The entry of a model: the first of its name, which is the one whose form we follow, or that which its source calls so.
     */
    public static JsonNode of(String name) {
        return entries(name).findFirst().orElseThrow(() -> new IllegalStateException("no forward golden for " + name));
    }

    private static Stream<JsonNode> entries(String name) {
        return Stream.of("name", "built_as")
                .flatMap(key -> all().filter(entry -> entry.path(key).asText().equals(name)));
    }

    private static Stream<JsonNode> all() {
        return Stream.of(Shared.json("anchors/forward_goldens.json"), OWN)
                .flatMap(file -> file.path("models").valueStream());
    }

    private static JsonNode own() {
        try (InputStream in = ForwardGoldens.class.getResourceAsStream("forward_goldens.json")) {
            return new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether there is an entry of this name: some variants are there for their counts only. */
    public static boolean has(String name) {
        return entries(name).findFirst().isPresent();
    }

    /** Module of the source → output of {@link Networks#classifier}, or a node to ask for. */
    public static Map<String, String> taps(JsonNode golden) {
        Map<String, String> taps = new LinkedHashMap<>();
        String name = golden.path("name").asText();
        int level = 0;
        for (Map.Entry<String, JsonNode> feature : golden.path("features").properties()) {
            String module = feature.getKey();
            boolean last = taps.size() + 1 == golden.path("features").size();
            String tap;
            if (module.equals("maxpool") && !name.startsWith("shufflenet")) {
                tap = "max_pool"; // no level
            } else if (module.matches("pool\\d")) {
                tap = "max_pool" + (taps.isEmpty() ? "" : "_" + taps.size()); // our levels are before them
            } else if (last && name.equals("mobilenet_v2")) {
                tap = module + ".relu6"; // torchvision counts the classifier's convolution in
            } else if (module.equals("layers.16")) { // of MNASNet, which counts it in too
                tap = module + ".relu";
            } else if (last && name.startsWith("efficientnet")) {
                tap = module + ".silu";
            } else if (last && name.matches("xception\\d+p")) {
                tap = module + ".stack.conv3.conv_pw"; // timm's tap is before the last ReLU, our level behind it
            } else if (module.equals("features.norm5")) {
                tap = module; // torchvision's tap is before the last ReLU, our level behind it
            } else {
                tap = "pyramid." + level++;
            }
            taps.put(module, tap);
        }
        return taps;
    }
}
