package io.vertebra.app.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertebra.app.CommonOptions;
import io.vertebra.app.Console;
import io.vertebra.app.CudaLibraries;
import io.vertebra.app.Engines;
import io.vertebra.app.Gpu;
import io.vertebra.app.Gpus;
import io.vertebra.app.Machine;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code vertebra devices}: what this machine can compute with, and what {@code engine: auto} takes. */
@Command(
        name = "devices",
        description = {
            "Shows the processor and its instruction sets, memory, NVIDIA cards with their driver, the libraries of CUDA, every engine"
                    + " with its version and precisions, and which engine 'engine: auto' takes and why.",
            "Loads each engine's libraries to see whether they work; asks the driver of the cards through nvidia-smi."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  vertebra devices", "  vertebra devices --json"})
public final class DevicesCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    CommonOptions common;

    @Option(names = "--json", description = "Prints one JSON object.")
    boolean json;

    /** Prints to this console. */
    public DevicesCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        Machine machine = Machine.here();
        object.put("cpu", machine.processor());
        object.put("cores", machine.cores());
        object.put("memory_mib", machine.memoryMib());
        machine.instructionSets().forEach(object.putArray("instruction_sets")::add);
        ArrayNode engines = object.putArray("engines");
        Engines all = Engines.found();
        for (Engines.State state : all.states()) {
            ObjectNode engine = engines.addObject();
            engine.put("name", state.name()).put("works", state.works()).put("version", state.version());
            state.precisions().forEach(engine.putArray("precisions")::add);
        }
        Gpus gpus = all.gpus();
        object.put("driver", gpus.driver()).put("no_cards", gpus.why());
        ArrayNode cards = object.putArray("gpus");
        for (Gpu gpu : gpus.cards()) {
            cards.addObject()
                    .put("name", gpu.name())
                    .put("capability", gpu.capability().toString())
                    .put("memory_mib", gpu.memoryMib());
        }
        ObjectNode libraries = object.putObject("libraries");
        Map<String, Optional<Path>> found = CudaLibraries.here();
        found.forEach(
                (name, file) -> libraries.put(name, file.map(Path::toString).orElse(null)));
        Engines.Choice choice = all.auto();
        object.put("auto", choice.name()).put("why", choice.why());
        if (json) {
            console.result(object);
        } else {
            print(machine, all, found, choice);
        }
        return 0;
    }

    private void print(Machine machine, Engines all, Map<String, Optional<Path>> libraries, Engines.Choice choice) {
        console.result(
                machine.processor() + ", " + machine.cores() + " cores, " + machine.memoryMib() + " MiB of memory");
        console.result("instruction sets: " + String.join(" ", machine.instructionSets()));
        Gpus gpus = all.gpus();
        for (Gpu gpu : gpus.cards()) {
            console.result("card: " + gpu + ", driver " + gpus.driver());
        }
        if (gpus.cards().isEmpty()) {
            console.result("cards: none, " + gpus.why());
        }
        console.result("libraries of CUDA found: " + names(libraries, true) + "; missing: " + names(libraries, false));
        for (Engines.State state : all.states()) {
            String precisions = state.works() ? " (" + String.join(", ", state.precisions()) + ")" : "";
            String prefix = state.name() + ": "; // of a failure
            String version =
                    state.version().startsWith(prefix) ? state.version().substring(prefix.length()) : state.version();
            console.result("engine %-7s %s%s".formatted(state.name(), version, precisions));
        }
        console.result("engine: auto takes " + choice.name() + ": " + choice.why());
    }

    private static String names(Map<String, Optional<Path>> libraries, boolean present) {
        List<String> names = libraries.entrySet().stream()
                .filter(e -> e.getValue().isPresent() == present)
                .map(Map.Entry::getKey)
                .toList();
        return names.isEmpty() ? "none" : String.join(" ", names);
    }
}
