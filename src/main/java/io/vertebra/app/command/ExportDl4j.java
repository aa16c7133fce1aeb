package io.vertebra.app.command;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.vertebra.app.Console;
import io.vertebra.app.Wiring;
import io.vertebra.backbones.weights.DurableFiles;
import io.vertebra.dl4j.network.Dl4j;
import io.vertebra.graph.Graph;
import io.vertebra.graph.op.Size;
import java.nio.channels.Channels;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The options of {@code vertebra export dl4j}, and what it does. */
final class ExportDl4j {

    @Option(names = "--output", required = true, paramLabel = "FILE", description = "The archive to write.")
    Path output;

    @Option(
            names = "--size",
            paramLabel = "PIXELS",
            description = "Side of the pictures, which paddings and grids are resolved for; default: the model's own.")
    Integer size;

    @Option(names = "--pyramid", description = "Adds the levels of the backbone as outputs pyramid.0, pyramid.1, ...")
    boolean pyramid;

    @Option(
            names = "--trainable",
            description = "Ends the network in probabilities and cross entropy, for fit, in place of logits.")
    boolean trainable;

    @Option(names = "--json", description = "Prints one JSON object.")
    boolean json;

    int run(ModelSource source, Path config, Wiring wiring, Console console) {
        OutputFile.check(output);
        Exported exported = Exported.open(source, config, wiring, console);
        Graph graph = exported.graph(pyramid);
        Size picture = exported.picture(size, source, wiring);
        DurableFiles.write(
                output,
                channel -> Dl4j.write(
                        graph, exported.parameters(), picture, trainable, Channels.newOutputStream(channel)));
        if (json) {
            console.result(JsonNodeFactory.instance
                    .objectNode()
                    .put("file", output.toString())
                    .put("parameters", graph.parameterCount())
                    .put("classes", exported.classes())
                    .put("size", picture.height())
                    .put("trainable", trainable));
        } else {
            console.result(output + ": " + graph.parameterCount() + " parameters, " + exported.classes()
                    + " classes, pictures of " + picture + (trainable ? ", trainable" : ""));
        }
        return 0;
    }
}
