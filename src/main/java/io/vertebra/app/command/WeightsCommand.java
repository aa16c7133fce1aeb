package io.vertebra.app.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertebra.app.CommonOptions;
import io.vertebra.app.Console;
import io.vertebra.backbones.weights.Schemes;
import io.vertebra.backbones.weights.WeightsConversion;
import io.vertebra.backbones.weights.WeightsInspection;
import io.vertebra.backbones.zoo.Zoo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vertebra weights}: looks into weight files and converts them. */
@Command(
        name = "weights",
        description = {
            "Looks into weight files and converts them to safetensors.",
            "",
            "Reads .safetensors, PyTorch's .pth, .pt and .th, and Keras' .h5. Nothing in a file is ever executed."
        },
        synopsisSubcommandLabel = "inspect|convert",
        footerHeading = "%nExamples:%n",
        footer = {
            "  vertebra weights inspect model.pth",
            "  vertebra weights inspect model.safetensors --json",
            "  vertebra weights convert model.pth --output model.safetensors"
        })
public final class WeightsCommand {
    private final Console console;

    @Mixin
    CommonOptions common;

    /** Prints to this console. */
    public WeightsCommand(Console console) {
        this.console = console;
    }

    @Command(
            name = "inspect",
            description = {
                "Shows what a weight file holds: tensors with names, shapes and types, and the naming scheme, which tells"
                        + " for which network the file is and how pictures are prepared for it.",
                "A file of the zoo is told by its name and checksum; then model, tag and licence are shown too.",
                "Values that are not finite are a warning."
            },
            footerHeading = "%nExample:%n",
            footer = "  vertebra weights inspect model.pth --json")
    int inspect(
            @Mixin CommonOptions options,
            @Parameters(paramLabel = "FILE", description = "The weight file.") Path file,
            @Option(names = "--json", description = "Prints one JSON object.") boolean json) {
        WeightsInspection told = WeightsInspection.of(file, Schemes.builtIn());
        told.warnings().forEach(console::say);
        List<Zoo.Published> published = published(file);
        WeightsInspection inspection = model(published).map(told::forModel).orElse(told);
        if (json) {
            ObjectNode object = inspection.toJson();
            ArrayNode sets = object.putArray("published");
            published.forEach(p -> sets.addObject()
                    .put("model", p.model())
                    .put("tag", p.weights().tag())
                    .put("license", p.weights().license()));
            console.result(object);
        } else {
            List<String> lines = inspection.lines();
            lines.subList(0, 2).forEach(console::result);
            published.forEach(p -> console.result("published as " + p.name() + ", licence "
                    + Objects.requireNonNullElse(p.weights().license(), "not stated")));
            lines.subList(2, lines.size()).forEach(console::result);
        }
        return 0;
    }

    private static Optional<String> model(List<Zoo.Published> published) {
        return published.stream().findFirst().map(Zoo.Published::model);
    }

    private static List<Zoo.Published> published(Path file) {
        try {
            return Zoo.builtIn().identify(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Command(
            name = "convert",
            description = {
                "Writes the weights of a file as safetensors with fp32 values under canonical names, and reports each renaming.",
                "The new file says how pictures are prepared for it and loads without its naming scheme."
            },
            footerHeading = "%nExample:%n",
            footer = "  vertebra weights convert model.pth --output model.safetensors")
    int convert(
            @Mixin CommonOptions options,
            @Parameters(paramLabel = "FILE", description = "The weight file.") Path file,
            @Option(names = "--output", required = true, paramLabel = "FILE", description = "The file to write.")
                    Path output,
            @Option(
                            names = "--model",
                            paramLabel = "NAME",
                            description = "The network that the file is for, where its names are those of several and"
                                    + " it is no file of the zoo: tf_efficientnet_b0.")
                    String model,
            @Option(names = "--json", description = "Prints one JSON object.") boolean json) {
        OutputFile.check(output);
        WeightsConversion conversion = WeightsConversion.convert(
                file,
                output,
                Optional.ofNullable(model).or(() -> model(Zoo.builtIn().ofFile(file))),
                Schemes.builtIn());
        if (json) {
            ObjectNode object = JsonNodeFactory.instance.objectNode();
            object.put("file", conversion.to().toString())
                    .put("scheme", conversion.scheme().name());
            ObjectNode renamed = object.putObject("renamed");
            conversion.renamed().forEach(renamed::put);
            conversion.made().forEach(object.putArray("made")::add);
            conversion.dropped().forEach(object.putArray("dropped")::add);
            console.result(object);
        } else {
            conversion.lines().forEach(console::result);
        }
        return 0;
    }
}
