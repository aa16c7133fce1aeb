package io.vertebra.heads;

import io.vertebra.graph.Node;
import io.vertebra.graph.op.ParameterSpec;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which stage of a model each parameter belongs to: what freezing and layer-wise rates go by.
 *
 * <p>Stage i is what level i of the pyramid needs and no level before it. Layers between the last level and a classifier,
 * such as MobileNet V2's last convolution, are a stage too; the heads come last, auxiliary ones too. In a ResNet stage 0 is
 * the stem, stage 1 is {@code layer1}.
 *
 * @param byParameter parameter or buffer → stage
 * @param count stages of the backbone; the heads are stage {@code count}
 */
public record Stages(Map<String, Integer> byParameter, int count) {

    /** Copies the map. */
    public Stages {
        byParameter = Collections.unmodifiableMap(new LinkedHashMap<>(byParameter));
    }

    /** The stages of a model. */
    public static Stages of(Model model) {
        Assembly assembly = model.assembleForTraining();
        List<Node> levels = assembly.pyramid().levels();
        Map<String, Integer> stages = new LinkedHashMap<>();
        Set<Node> seen = new HashSet<>();
        for (int stage = 0; stage < levels.size(); stage++) {
            collect(levels.get(stage), stage, seen, stages);
        }
        int count = levels.size() + collectFeatures(assembly, seen, stages);
        for (Node output : assembly.outputs().values()) {
            collect(output, count, seen, stages);
        }
        return new Stages(stages, count);
    }

    /** Whether a parameter or buffer lies in the first stages. */
    public boolean isBelow(int stage, String parameter) {
        return byParameter.getOrDefault(parameter, count) < stage;
    }

    /** The layers between the last level and a classifier, where there are any; gives the number of stages that they are. */
    private static int collectFeatures(Assembly assembly, Set<Node> seen, Map<String, Integer> stages) {
        int before = stages.size();
        for (Map<String, Node> outputs : assembly.heads().values()) {
            if (outputs.containsKey("features")) {
                collect(outputs.get("features"), assembly.pyramid().levels().size(), seen, stages);
            }
        }
        return stages.size() > before ? 1 : 0;
    }

    private static void collect(Node output, int stage, Set<Node> seen, Map<String, Integer> stages) {
        Deque<Node> open = new ArrayDeque<>(List.of(output));
        while (!open.isEmpty()) {
            Node node = open.pop();
            if (seen.add(node)) {
                for (ParameterSpec parameter : node.parameters()) {
                    stages.put(parameter.name(), stage);
                }
                node.inputs().forEach(open::push);
            }
        }
    }
}
