package io.vertebra.app.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertebra.app.Console;
import io.vertebra.app.Main;
import io.vertebra.app.Wiring;
import io.vertebra.app.recipe.OpenedModel;
import io.vertebra.app.recipe.Recipe;
import io.vertebra.app.recipe.WeightFacts;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.op.Size;
import io.vertebra.images.Normalization;
import io.vertebra.tasks.Labels;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A model that is to be written for others, with its weights loaded.
 *
 * @param recipe it was described by
 * @param opened the model and its weight file
 * @param labels the classes of each head by key
 * @param graph with all outputs
 * @param parameters of the graph
 * @param normalization of the pictures that it wants
 */
record Exported(
        Recipe recipe,
        OpenedModel opened,
        Map<String, Labels> labels,
        Graph graph,
        Parameters parameters,
        Normalization normalization) {

    /** Opens what a command line names. */
    static Exported open(ModelSource source, Path config, Wiring wiring, Console console) {
        Recipe recipe = source.bind(config, wiring).value();
        Optional<OpenedModel.Weights> weights = wiring.model().header(recipe.model());
        Map<String, Labels> labels = wiring.classNames().find(recipe, weights, source.model, null);
        OpenedModel opened =
                wiring.model().open(recipe.model(), weights, wiring.heads().outputs(recipe.model(), labels));
        Graph graph = opened.model().inference();
        return new Exported(
                recipe,
                opened,
                labels,
                graph,
                opened.parameters(graph, recipe.seed(), false, console::say),
                recipe.normalization(opened.normalization()));
    }

    /** The number of classes of all heads. */
    int classes() {
        return labels.values().stream().mapToInt(Labels::count).sum();
    }

    /** The size of the pictures: that of the command line, else the model's own. */
    Size picture(Integer side, ModelSource source, Wiring wiring) {
        return Size.of(side != null ? side : wiring.models().inputSize(source.nameOf(recipe)));
    }

    /** What weight files of ours say of themselves. */
    Map<String, String> facts() {
        return WeightFacts.metadata(opened, labels, normalization);
    }

    /** The outputs that answer the task: neither levels of the pyramid nor features. */
    List<String> answers() {
        return graph.outputs().keySet().stream()
                .filter(name -> !name.startsWith("pyramid.") && !name.equals("features"))
                .toList();
    }

    /** The graph with its answers only, or with all outputs. */
    Graph graph(boolean pyramid) {
        return pyramid ? graph : graph.withOutputs(answers().toArray(String[]::new));
    }

    /** What programs that run the model want to know, as other exporters call it. */
    Map<String, String> metadata(Size picture) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("task", recipe.task().name());
        labels.forEach((key, l) -> facts.put(
                key.isEmpty() ? "names" : "names." + key, names(key, l).toString()));
        facts.put("imgsz", "[" + picture.height() + ", " + picture.width() + "]");
        facts.put("mean", numbers(normalization.mean()).toString());
        facts.put("std", numbers(normalization.std()).toString());
        facts.put("layout", "NCHW");
        facts.put("version", Main.version());
        return facts;
    }

    /** By the column of the logits; a detector's first is the background. */
    private ObjectNode names(String key, Labels of) {
        int first = opened.model().part(key).classes() - of.count();
        ObjectNode names = JsonNodeFactory.instance.objectNode();
        for (int i = 0; i < of.count(); i++) {
            names.put(String.valueOf(first + i), of.names().get(i));
        }
        return names;
    }

    private static ArrayNode numbers(List<Double> values) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        values.forEach(array::add);
        return array;
    }
}
