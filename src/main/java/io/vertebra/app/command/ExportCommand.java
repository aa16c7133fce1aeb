package io.vertebra.app.command;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.vertebra.app.CommonOptions;
import io.vertebra.app.Console;
import io.vertebra.app.Wiring;
import io.vertebra.app.recipe.OpenedModel;
import io.vertebra.app.recipe.Recipe;
import io.vertebra.app.recipe.WeightFacts;
import io.vertebra.backbones.weights.SafetensorsWriter;
import io.vertebra.graph.Graph;
import io.vertebra.graph.op.ParameterSpec;
import io.vertebra.images.Normalization;
import io.vertebra.tasks.Labels;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vertebra export}: a model for others. */
@Command(
        name = "export",
        description = "Writes a model for other programs.",
        synopsisSubcommandLabel = "safetensors",
        footerHeading = "%nExamples:%n",
        footer = {
            "  vertebra export safetensors runs/quickstart --output model.safetensors",
            "  vertebra export safetensors --model mobilenet_v2 --weights tf.safetensors --output model.safetensors"
        })
public final class ExportCommand {
    private final Console console;

    @Mixin
    CommonOptions common;

    /** Prints to this console. */
    public ExportCommand(Console console) {
        this.console = console;
    }

    @Command(
            name = "safetensors",
            description = {
                "Writes all parameters and buffers as fp32 under the names of the published state dict, so that PyTorch's load_state_dict"
                        + " takes them, with the classes and the preparation of pictures in the metadata."
            },
            footerHeading = "%nExample:%n",
            footer = "  vertebra export safetensors runs/quickstart --output model.safetensors")
    int safetensors(
            @Mixin CommonOptions options,
            @Mixin ModelSource source,
            @Parameters(arity = "0..1", paramLabel = "CONFIG|RUN", description = "A recipe, or the folder of a run.")
                    Path config,
            @Option(names = "--output", required = true, paramLabel = "FILE", description = "The file to write.")
                    Path output,
            @Option(names = "--json", description = "Prints one JSON object.") boolean json) {
        Wiring wiring = new Wiring(console, common);
        Recipe recipe = source.bind(config, wiring).value();
        Optional<OpenedModel.Weights> weights = wiring.model().header(recipe.model());
        Map<String, Labels> labels = wiring.classNames().find(recipe, weights, source.model, null);
        int classes = labels.values().stream().mapToInt(Labels::count).sum();
        OpenedModel opened =
                wiring.model().open(recipe.model(), weights, wiring.heads().outputs(recipe.model(), labels));
        Graph graph = opened.model().inference();
        io.vertebra.graph.Parameters parameters = opened.parameters(graph, recipe.seed(), false, console::say);
        Normalization normalization = recipe.data() == null
                ? opened.normalization()
                : recipe.data().normalize().constants(opened.normalization());
        SafetensorsWriter writer =
                new SafetensorsWriter().metadata(WeightFacts.metadata(opened, labels, normalization));
        for (ParameterSpec spec : graph.parameters()) {
            int[] extents =
                    spec.shape().extents().stream().mapToInt(Integer::intValue).toArray();
            writer.add(spec.name(), extents, parameters.get(spec.name()));
        }
        writer.batchesTracked(0).write(output);
        if (json) {
            console.result(JsonNodeFactory.instance
                    .objectNode()
                    .put("file", output.toString())
                    .put("parameters", graph.parameterCount())
                    .put("classes", classes));
        } else {
            console.result(output + ": " + graph.parameterCount() + " parameters, " + classes + " classes");
        }
        return 0;
    }
}
