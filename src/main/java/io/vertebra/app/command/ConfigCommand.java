package io.vertebra.app.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertebra.app.CommonOptions;
import io.vertebra.app.Console;
import io.vertebra.app.ExitCode;
import io.vertebra.app.Wiring;
import io.vertebra.app.config.Binding;
import io.vertebra.app.config.ConfigException;
import io.vertebra.app.config.Fault;
import io.vertebra.app.config.Merger;
import io.vertebra.app.config.YamlWriter;
import io.vertebra.app.recipe.Recipe;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vertebra config}: shows and checks recipes. */
@Command(
        name = "config",
        description = {
            "Shows and checks recipes, the YAML files that describe a run.",
            "",
            "A value comes from the program's default, the files that the recipe extends, the recipe, or --set; later wins."
        },
        synopsisSubcommandLabel = "show|check|schema",
        footerHeading = "%nExamples:%n",
        footer = {
            "  vertebra config check configs/quickstart.yaml",
            "  vertebra config show configs/quickstart.yaml --set train.epochs=2 --origin",
            "  vertebra config schema > vertebra.schema.json"
        })
public final class ConfigCommand {
    private final Console console;

    @Mixin
    CommonOptions common;

    /** Prints to this console. */
    public ConfigCommand(Console console) {
        this.console = console;
    }

    @Command(
            name = "show",
            description = "Prints a recipe as the program understands it: merged, with all defaults.",
            footerHeading = "%nExample:%n",
            footer = "  vertebra config show configs/quickstart.yaml --origin")
    int show(
            @Mixin CommonOptions options,
            @Parameters(paramLabel = "CONFIG", description = "The recipe.") Path file,
            @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Changes a value, such as train.epochs=2.")
                    List<String> sets,
            @Option(names = "--origin", description = "Adds the place where each value was written.") boolean origin) {
        Wiring wiring = new Wiring();
        Binding<Recipe> binding = wiring.recipes().bind(Merger.load(file, given(sets)));
        console.result(
                new YamlWriter(origin).write(wiring.recipes().resolved(binding)).stripTrailing());
        return 0;
    }

    @Command(
            name = "check",
            description = {
                "Looks for everything that is wrong with a recipe before a run begins: unknown keys, values out of range,"
                        + " data and weights that are not there, classes that do not fit, a model that cannot be built.",
                "Each fault is a line with file, line and column on standard error."
            },
            footerHeading = "%nExample:%n",
            footer = "  vertebra config check configs/finetune.yaml --set data.train.path=photos")
    int check(
            @Mixin CommonOptions options,
            @Parameters(paramLabel = "CONFIG", description = "The recipe.") Path file,
            @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Changes a value, such as train.epochs=2.")
                    List<String> sets,
            @Option(names = "--json", description = "Prints one JSON object.") boolean json) {
        List<Fault> faults = faults(file, given(sets));
        faults.forEach(f -> console.say(f.toString()));
        if (json) {
            console.result(object(faults));
        } else if (faults.isEmpty()) {
            console.result(file + ": valid");
        }
        return faults.isEmpty() ? 0 : ExitCode.CONFIG.code();
    }

    private static List<Fault> faults(Path file, List<String> sets) {
        try {
            Wiring wiring = new Wiring();
            Binding<Recipe> binding = wiring.recipes().bind(Merger.load(file, sets));
            wiring.check().check(binding);
            return binding.faults().isEmpty() ? List.of() : new ConfigException(binding.faults()).faults();
        } catch (ConfigException e) {
            return e.faults();
        }
    }

    private static ObjectNode object(List<Fault> faults) {
        ObjectNode object = JsonNodeFactory.instance.objectNode().put("valid", faults.isEmpty());
        ArrayNode list = object.putArray("faults");
        for (Fault fault : faults) {
            list.addObject()
                    .put("file", fault.origin().source())
                    .put("line", fault.origin().line())
                    .put("column", fault.origin().column())
                    .put("path", fault.path())
                    .put("reason", fault.reason());
        }
        return object;
    }

    @Command(
            name = "schema",
            description = {
                "Prints the JSON Schema (draft 2020-12) of recipes. An editor with a YAML language server offers keys and"
                        + " checks values by it, if a recipe begins with the line '# yaml-language-server: $schema=...'."
            },
            footerHeading = "%nExample:%n",
            footer = "  vertebra config schema > vertebra.schema.json")
    int schema(@Mixin CommonOptions options) {
        console.result(
                new Wiring().recipes().schema(Descriptions.built()::of).write("A recipe of Vertebra", Recipe.class));
        return 0;
    }

    private static List<String> given(List<String> sets) {
        return sets == null ? List.of() : sets;
    }
}
