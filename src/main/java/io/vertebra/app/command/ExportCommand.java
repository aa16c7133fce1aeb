package io.vertebra.app.command;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.vertebra.app.CommonOptions;
import io.vertebra.app.Console;
import io.vertebra.app.Wiring;
import io.vertebra.backbones.weights.SafetensorsWriter;
import io.vertebra.graph.op.ParameterSpec;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vertebra export}: a model for others. */
@Command(
        name = "export",
        description = "Writes a model for other programs.",
        synopsisSubcommandLabel = "safetensors|onnx|dl4j",
        footerHeading = "%nExamples:%n",
        footer = {
            "  vertebra export safetensors runs/quickstart --output model.safetensors",
            "  vertebra export safetensors --model mobilenet_v2 --weights tf.safetensors --output m.safetensors",
            "  vertebra export onnx runs/quickstart --output model.onnx"
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
        OutputFile.check(output);
        Exported exported = Exported.open(source, config, new Wiring(console, options), console);
        SafetensorsWriter writer = new SafetensorsWriter().metadata(exported.facts());
        for (ParameterSpec spec : exported.graph().parameters()) {
            writer.add(
                    spec.name(), spec.shape().toArray(), exported.parameters().get(spec.name()));
        }
        writer.batchesTracked(0).write(output);
        long count = exported.graph().parameterCount();
        if (json) {
            console.result(JsonNodeFactory.instance
                    .objectNode()
                    .put("file", output.toString())
                    .put("parameters", count)
                    .put("classes", exported.classes()));
        } else {
            console.result(output + ": " + count + " parameters, " + exported.classes() + " classes");
        }
        return 0;
    }

    @Command(
            name = "onnx",
            description = {
                "Writes the network for inference as an ONNX file: input 'input' (batch, C, H, W; fp32, already normalised), outputs"
                        + " under their own names (logits; class_logits and box_encodings), any batch, pictures of one size. Classes and"
                        + " the preparation of pictures stand in the metadata.",
                "",
                "Where ONNX Runtime is on the class path, the file is run there and the largest difference is told."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  vertebra export onnx runs/quickstart --output model.onnx",
                "  vertebra export onnx --model mobilenet_v2 --weights mobilenet_v2.pth --output m.onnx --opset 20"
            })
    int onnx(
            @Mixin CommonOptions options,
            @Mixin ModelSource source,
            @Parameters(arity = "0..1", paramLabel = "CONFIG|RUN", description = "A recipe, or the folder of a run.")
                    Path config,
            @Mixin ExportOnnx export) {
        return export.run(source, config, new Wiring(console, options), console);
    }

    @Command(
            name = "dl4j",
            description = {
                "Writes the network as a DL4J ComputationGraph with its weights: stock layers, and layers of vertebra-dl4j where DL4J has"
                        + " none. DL4J's ModelSerializer reads it; inputs are normalised pictures (N, C, H, W)."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  vertebra export dl4j runs/quickstart --output model.zip",
                "  vertebra export dl4j --model resnet18 --weights resnet18.pth --output model.zip --trainable"
            })
    int dl4j(
            @Mixin CommonOptions options,
            @Mixin ModelSource source,
            @Parameters(arity = "0..1", paramLabel = "CONFIG|RUN", description = "A recipe, or the folder of a run.")
                    Path config,
            @Mixin ExportDl4j export) {
        return export.run(source, config, new Wiring(console, options), console);
    }
}
