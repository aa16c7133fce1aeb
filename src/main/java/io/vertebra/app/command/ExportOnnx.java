package io.vertebra.app.command;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertebra.app.CommandException;
import io.vertebra.app.Console;
import io.vertebra.app.ExitCode;
import io.vertebra.app.Wiring;
import io.vertebra.backbones.weights.DurableFiles;
import io.vertebra.export.OnnxCheck;
import io.vertebra.export.OnnxExport;
import io.vertebra.export.OnnxModel;
import io.vertebra.export.OnnxOptions;
import io.vertebra.export.OnnxRuntimes;
import io.vertebra.graph.Graph;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.Size;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import picocli.CommandLine.Option;

/** The options of {@code vertebra export onnx}, and what it does. */
final class ExportOnnx {
    private static final int PICTURES = 2;

    /** fp32 sums of some thousand products in two orders, through a hundred layers; more is a wrong operator. */
    private static final double ALLOWED = 1e-3;

    /** Whose names inputs and outputs get. */
    enum Names {
        own,
        ult,
        hf,
        mm
    }

    @Option(names = "--output", required = true, paramLabel = "FILE", description = "The file to write.")
    Path output;

    @Option(
            names = "--opset",
            paramLabel = "N",
            defaultValue = "17",
            description = "Version of ONNX's operators, 13 to 21; default: 17.")
    int opset;

    @Option(
            names = "--size",
            paramLabel = "PIXELS",
            description = "Side of the pictures, which the file fixes; default: the model's own.")
    Integer size;

    @Option(names = "--pyramid", description = "Adds the levels of the backbone as outputs pyramid.0, pyramid.1, ...")
    boolean pyramid;

    @Option(
            names = "--names",
            paramLabel = "WHOSE",
            defaultValue = "own",
            description =
                    "Names of input and output: own (input, logits), ult (images, output0), hf (pixel_values, logits)"
                            + " or mm (input, output); default: own.")
    Names names;

    @Option(names = "--json", description = "Prints one JSON object.")
    boolean json;

    int run(ModelSource source, Path config, Wiring wiring, Console console) {
        OutputFile.check(output);
        Exported exported = Exported.open(source, config, wiring, console);
        Graph graph = exported.graph(pyramid);
        Size picture = exported.picture(size, source, wiring);
        OnnxOptions options = new OnnxOptions(opset, picture, renamed(exported), exported.metadata(picture));
        OnnxModel model = OnnxExport.of(graph, exported.parameters(), options);
        DurableFiles.write(output, channel -> model.writeTo(Channels.newOutputStream(channel)));
        report(exported, graph, options, model, checked(exported, graph, options, wiring, console), console);
        return 0;
    }

    private Map<String, String> renamed(Exported exported) {
        if (names == Names.own) {
            return Map.of();
        }
        if (exported.answers().size() != 1) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "--names " + names + " names one output, this model has " + String.join(", ", exported.answers())
                            + "; leave it out");
        }
        String answer = exported.answers().get(0);
        return switch (names) {
            case ult -> Map.of("input", "images", answer, "output0");
            case hf -> Map.of("input", "pixel_values", answer, "logits");
            case mm -> Map.of(answer, "output");
            case own -> Map.of();
        };
    }

    /** The largest difference from our engine, empty where ONNX Runtime is not there. */
    private Optional<Double> checked(
            Exported exported, Graph graph, OnnxOptions options, Wiring wiring, Console console) {
        if (!OnnxRuntimes.isPresent()) {
            return Optional.empty();
        }
        Batch batch = pictures(graph.node("input").channels(), options.picture());
        try (Session session = wiring.engines()
                .open(exported.recipe().engine().name(), console::say)
                .open(graph, exported.parameters(), Options.inference(Precision.FP32))) {
            double largest = OnnxCheck.differences(output, options, session, batch).values().stream()
                    .mapToDouble(Double::doubleValue)
                    .max()
                    .orElseThrow();
            if (largest > ALLOWED) {
                throw new IllegalStateException(output + " gives other numbers in ONNX Runtime than here, by "
                        + share(largest) + " of the largest");
            }
            return Optional.of(largest);
        }
    }

    private static Batch pictures(int channels, Size picture) {
        SplittableRandom random = new SplittableRandom(1);
        float[] values = new float[Math.toIntExact((long) PICTURES * channels * picture.area())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble(-2, 2);
        }
        return Batch.of(Tensor.of(values, PICTURES, channels, picture.height(), picture.width()));
    }

    private void report(
            Exported exported,
            Graph graph,
            OnnxOptions options,
            OnnxModel model,
            Optional<Double> difference,
            Console console) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        object.put("file", output.toString()).put("bytes", model.size());
        object.put("parameters", graph.parameterCount()).put("classes", exported.classes());
        object.put("opset", options.opset()).put("size", options.picture().height());
        object.put("largest_difference", difference.orElse(null));
        if (json) {
            console.result(object);
            return;
        }
        console.result(output + ": " + graph.parameterCount() + " parameters, " + exported.classes()
                + " classes, opset " + options.opset() + ", pictures of " + options.picture());
        console.result(difference
                .map(d -> "checked in ONNX Runtime: the largest difference is " + share(d) + " of the largest value")
                .orElse("not checked: ONNX Runtime is not on the class path"));
    }

    private static String share(double difference) {
        return String.format(Locale.ROOT, "%.1e", difference);
    }
}
