package io.vertebra.app.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertebra.app.CommonOptions;
import io.vertebra.app.Console;
import io.vertebra.app.Wiring;
import io.vertebra.app.recipe.ModelSection;
import io.vertebra.app.recipe.Recipe;
import io.vertebra.heads.Model;
import io.vertebra.heads.Models;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vertebra models}: lists the models. */
@Command(
        name = "models",
        description = {
            "Lists the models family by family, or describes one: parameters, multiply-adds for one picture (channels x height x width),"
                    + " the levels of its pyramid (channels/reduction), published weights and the top-1 accuracy of the first of them. The list"
                    + " names the default set and counts the others.",
            "--set changes options of the model before it is counted."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  vertebra models",
            "  vertebra models resnet50 --json",
            "  vertebra models mobilenet_v2 --set model.backbone.width=0.5"
        })
public final class ModelsCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    CommonOptions common;

    @Parameters(arity = "0..1", paramLabel = "NAME", description = "One model; left out: all.")
    String name;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Changes an option of the named model.")
    List<String> sets = List.of();

    @Option(names = "--json", description = "Prints one JSON object.")
    boolean json;

    /** Prints to this console. */
    public ModelsCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Wiring wiring = new Wiring();
        if (name == null) {
            List<Models.Description> all = wiring.models().names().stream()
                    .map(n -> wiring.models().describe(n))
                    .toList();
            list(all);
        } else {
            one(describe(wiring));
        }
        return 0;
    }

    private Models.Description describe(Wiring wiring) {
        ModelSource source = new ModelSource();
        source.model = name;
        source.sets = sets;
        Recipe recipe = source.bind(null, wiring).value();
        ModelSection section = recipe.model();
        Model model = section.heads() == null
                ? wiring.models().get(name).with(section.backbone()).with(section.head())
                : wiring.model(recipe, Map.of()).model();
        return wiring.models().describe(name, model);
    }

    private void list(List<Models.Description> all) {
        if (json) {
            ArrayNode models = JsonNodeFactory.instance.arrayNode();
            all.forEach(d -> models.add(object(d)));
            console.result(JsonNodeFactory.instance.objectNode().set("models", models));
            return;
        }
        Columns table = new Columns();
        table.row(List.of("name", "kind", "parameters", "GMACs", "input", "pyramid", "top-1 %", "weights"));
        for (Models.Description d : all) {
            table.row(List.of(
                    d.name(),
                    d.kind(),
                    String.valueOf(d.parameters()),
                    String.format(Locale.ROOT, "%.3f", d.macs() / 1e9),
                    d.input().stream().map(String::valueOf).collect(Collectors.joining("x")),
                    pyramid(d),
                    top1(d),
                    weights(d.weights())));
        }
        table.lines().forEach(console::result);
    }

    /** The default set, and how many others there are. */
    private static String weights(List<String> tags) {
        return switch (tags.size()) {
            case 0 -> "-";
            case 1 -> tags.get(0);
            default -> tags.get(0) + " +" + (tags.size() - 1);
        };
    }

    private static String pyramid(Models.Description d) {
        return d.pyramid().stream().map(l -> l.channels() + "/" + l.reduction()).collect(Collectors.joining(" "));
    }

    private void one(Models.Description d) {
        if (json) {
            console.result(object(d));
            return;
        }
        console.result("name        " + d.name());
        console.result("kind        " + d.kind());
        console.result("parameters  " + d.parameters());
        console.result("GMACs       %.3f for %s".formatted(d.macs() / 1e9, size(d)));
        console.result("pyramid     " + pyramid(d) + "  (channels/reduction)");
        console.result("weights     " + (d.weights().isEmpty() ? "none published" : String.join(" ", d.weights())));
        console.result("top-1       " + top1(d));
    }

    private static String size(Models.Description d) {
        return d.input().stream().map(String::valueOf).collect(Collectors.joining(" x "));
    }

    private static String top1(Models.Description d) {
        return d.top1().map(String::valueOf).orElse("-");
    }

    private static ObjectNode object(Models.Description d) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        object.put("name", d.name())
                .put("kind", d.kind())
                .put("parameters", d.parameters())
                .put("macs", d.macs());
        d.input().forEach(object.putArray("input")::add);
        ArrayNode pyramid = object.putArray("pyramid");
        d.pyramid()
                .forEach(l -> pyramid.addObject().put("channels", l.channels()).put("reduction", l.reduction()));
        d.weights().forEach(object.putArray("weights")::add);
        return object.put("top1", d.top1().orElse(null));
    }
}
