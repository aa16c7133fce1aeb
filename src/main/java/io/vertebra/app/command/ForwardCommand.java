package io.vertebra.app.command;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertebra.app.CommandException;
import io.vertebra.app.CommonOptions;
import io.vertebra.app.Console;
import io.vertebra.app.ExitCode;
import io.vertebra.app.Wiring;
import io.vertebra.app.recipe.OpenedModel;
import io.vertebra.app.recipe.Recipe;
import io.vertebra.backbones.weights.SafetensorsWriter;
import io.vertebra.backbones.weights.TensorInfo;
import io.vertebra.backbones.weights.WeightFile;
import io.vertebra.graph.Graph;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.Input;
import io.vertebra.graph.op.RegionProposals;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vertebra forward}: tensors in, tensors out; the door for comparisons with other frameworks. */
@Command(
        name = "forward",
        description = {
            "Runs a network on tensors: reads 'input' (N, C, H, W; fp32, already normalised) from a safetensors file and writes every"
                    + " output under its name: pyramid.0, pyramid.1, ..., features, logits. Of segmentation labels (N, H, W) are added, of"
                    + " detection boxes, scores, classes and count.",
            "A two-stage detector also reads 'sizes' (N, 2), height and width of each picture without padding, and 'proposals' (R, 5),"
                    + " picture number, x1, y1, x2, y2, in place of its own; both may be left out.",
            "",
            "With --gradients G, which holds a tensor grad.<output> for one or more outputs, the gradients of their sum of products"
                    + " are added: grad.input and grad.<parameter>. Norms use their running statistics."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  vertebra forward --model resnet20_cifar --weights resnet20.th --input in.safetensors --output o.safetensors",
            "  vertebra forward --model resnet50 --input in.safetensors --output out.safetensors --engine dl4j"
        })
public final class ForwardCommand implements Callable<Integer> {
    private static final String GRADIENT = "grad.";

    private final Console console;

    @Mixin
    CommonOptions common;

    @Mixin
    ModelSource source;

    @Parameters(arity = "0..1", paramLabel = "CONFIG", description = "A recipe, or the folder of a run.")
    Path config;

    @Option(
            names = "--input",
            required = true,
            paramLabel = "FILE",
            description = "A safetensors file with the tensor 'input'.")
    Path input;

    @Option(names = "--output", required = true, paramLabel = "FILE", description = "The safetensors file to write.")
    Path output;

    @Option(names = "--gradients", paramLabel = "FILE", description = "A safetensors file with tensors grad.<output>.")
    Path gradients;

    @Option(names = "--json", description = "Prints one JSON object.")
    boolean json;

    /** Prints to this console. */
    public ForwardCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        OutputFile.check(output);
        Wiring wiring = new Wiring(console, common);
        Recipe recipe = source.bind(config, wiring).value();
        OpenedModel opened = wiring.model(recipe, source.publishedOutputs(wiring));
        Graph whole = opened.model().inference();
        Set<String> regions = regions(whole);
        Set<String> readable = new TreeSet<>(regions);
        whole.inputs().forEach(node -> readable.add(node.name()));
        Map<String, Tensor.Floats> fed = read(input, readable::contains);
        if (!fed.containsKey(Input.PICTURES)) {
            throw new CommandException(
                    ExitCode.MODEL, input + ": has no tensor " + Input.PICTURES + "; it has " + names());
        }
        Graph graph = whole;
        for (String name : regions) {
            graph = fed.containsKey(name) ? graph.cut(name) : graph;
        }
        Batch batch = new Batch(new LinkedHashMap<>(fed));
        Engine engine = wiring.engines().open(recipe.engine().name(), console::say);
        Options options = gradients == null
                ? Options.inference(recipe.precision().on(engine))
                : Options.gradients(recipe.precision().on(engine), false);
        try (Session session =
                engine.open(graph, opened.parameters(graph, recipe.seed(), false, console::say), options)) {
            Outputs outputs = gradients == null ? session.evaluate(batch) : session.gradients(batch, wanted());
            write(Answers.with(opened.model(), outputs, fed));
        }
        return 0;
    }

    /** The outputs that may be given in place of those of the network. */
    private static Set<String> regions(Graph graph) {
        return graph.outputs().entrySet().stream()
                .filter(output -> output.getValue().op() instanceof RegionProposals)
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    private Map<String, Tensor.Floats> wanted() {
        Map<String, Tensor.Floats> wanted = new LinkedHashMap<>();
        read(gradients, name -> true).forEach((name, tensor) -> {
            if (!name.startsWith(GRADIENT)) {
                throw new CommandException(ExitCode.MODEL, gradients + ": " + name + ": must be called grad.<output>");
            }
            wanted.put(name.substring(GRADIENT.length()), tensor);
        });
        return wanted;
    }

    private static Map<String, Tensor.Floats> read(Path path, Predicate<String> wanted) {
        Map<String, Tensor.Floats> tensors = new LinkedHashMap<>();
        try (WeightFile file = WeightFile.open(path)) {
            for (TensorInfo info : file.tensors().values()) {
                if (wanted.test(info.name())) {
                    tensors.put(info.name(), Tensor.of(file.read(info.name()), info.dimensions()));
                }
            }
        }
        return tensors;
    }

    /** The names of all tensors of the input file. */
    private Set<String> names() {
        try (WeightFile file = WeightFile.open(input)) {
            return file.tensors().keySet();
        }
    }

    private void write(Outputs outputs) {
        SafetensorsWriter writer = new SafetensorsWriter();
        ObjectNode shapes = JsonNodeFactory.instance.objectNode();
        for (String name : outputs.names()) {
            Tensor.Floats tensor = outputs.get(name);
            int[] extents = tensor.shape().extents().stream()
                    .mapToInt(Integer::intValue)
                    .toArray();
            writer.add(name, extents, tensor.data());
            tensor.shape().extents().forEach(shapes.putArray(name)::add);
        }
        writer.write(output);
        if (json) {
            console.result(JsonNodeFactory.instance
                    .objectNode()
                    .put("file", output.toString())
                    .set("outputs", shapes));
        } else {
            shapes.properties().forEach(e -> console.result(e.getKey() + " " + e.getValue()));
        }
    }
}
