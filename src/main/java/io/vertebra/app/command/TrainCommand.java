package io.vertebra.app.command;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertebra.app.CommonOptions;
import io.vertebra.app.Console;
import io.vertebra.app.Machine;
import io.vertebra.app.Signals;
import io.vertebra.app.Wiring;
import io.vertebra.app.config.Binding;
import io.vertebra.app.config.ConfigNode;
import io.vertebra.app.config.Merger;
import io.vertebra.app.config.Origin;
import io.vertebra.app.recipe.AnnotatedSamples;
import io.vertebra.app.recipe.OpenedRun;
import io.vertebra.app.recipe.Recipe;
import io.vertebra.app.recipe.RunOpener;
import io.vertebra.backbones.weights.DurableFiles;
import io.vertebra.tasks.runs.RunFolder;
import io.vertebra.tasks.training.Checkpointing;
import io.vertebra.tasks.training.DryRun;
import io.vertebra.tasks.training.Outcome;
import io.vertebra.tasks.training.StopSwitch;
import io.vertebra.tasks.training.Trainer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vertebra train}: a whole run. */
@Command(
        name = "train",
        description = {
            "Trains a model as a recipe says, measures it, and leaves a folder with weights, logs, predictions and report.html.",
            "",
            "A run that was interrupted or killed goes on with --resume and ends with the same bits. Ctrl-C finishes the update, saves"
                    + " and stops; a second one leaves at once."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  vertebra train configs/quickstart.yaml",
            "  vertebra train configs/finetune.yaml --set data.train.path=photos --output runs/photos",
            "  vertebra train configs/finetune.yaml --output runs/photos --resume",
            "  vertebra train configs/finetune.yaml --dry-run"
        })
public final class TrainCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    CommonOptions common;

    @Parameters(paramLabel = "CONFIG", description = "The recipe.")
    Path config;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Changes a value, such as train.epochs=2.")
    List<String> sets = List.of();

    @Option(names = "--output", paramLabel = "DIR", description = "The run's folder; goes before the recipe's output.")
    Path output;

    @Option(names = "--resume", description = "Goes on with an interrupted run.")
    boolean resume;

    @Option(
            names = "--dry-run",
            description = "Opens everything, trains and measures on two batches, and leaves nothing behind.")
    boolean dryRun;

    @Option(names = "--json", description = "Prints one JSON object at the end.")
    boolean json;

    /** Prints to this console. */
    public TrainCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Wiring wiring = new Wiring(console, common);
        Binding<Recipe> binding = wiring.recipes().bind(tree());
        wiring.check().check(binding);
        Recipe recipe = binding.value();
        RunOpener opener = wiring.runs();
        try (OpenedRun run = opener.open(binding, console::say)) {
            if (dryRun) {
                DryRun.run(run.training());
                console.say(
                        "everything works: one update and one evaluation were made on two batches, nothing was kept");
                return 0;
            }
            return train(run, recipe.folder());
        }
    }

    private ConfigNode.Mapping tree() {
        ConfigNode.Mapping tree = Merger.load(config, sets);
        return output == null ? tree : Merger.put(tree, "output", output.toString(), Origin.of("--output " + output));
    }

    private int train(OpenedRun run, Path path) {
        StopSwitch stop = new StopSwitch();
        String owner = "process " + ProcessHandle.current().pid() + ", started "
                + Instant.now().truncatedTo(ChronoUnit.SECONDS);
        try (RunFolder folder = RunFolder.open(path, resume, owner)) {
            DurableFiles.write(path.resolve("config.yaml"), run.configText().getBytes(StandardCharsets.UTF_8));
            Signals signals = Signals.listen(stop, console);
            Outcome outcome;
            try (ProgressReport progress = new ProgressReport(console, System::nanoTime)) {
                outcome = new Trainer(run.training(), folder, progress, stop, Checkpointing.DEFAULT).run();
            }
            if (outcome.status() == Outcome.Status.COMPLETE) {
                AnnotatedSamples.write(run, path);
            }
            report(outcome, path);
            return outcome.status() == Outcome.Status.COMPLETE
                    ? 0
                    : signals.exitCode().code();
        }
    }

    private void report(Outcome outcome, Path path) {
        boolean isComplete = outcome.status() == Outcome.Status.COMPLETE;
        console.say(
                isComplete
                        ? "complete: " + path.resolve("report.html") + ", weights and annotated predictions beside it"
                        : "stopped after update " + outcome.step() + "; go on with --resume");
        if (!json) {
            Figures.lines(outcome.metrics()).forEach(console::result);
            console.say("%d samples in %.1f s, at most %d MiB of memory"
                    .formatted(outcome.samples(), outcome.seconds(), Machine.peakRssMib()));
            return;
        }
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        object.put("status", outcome.status().name().toLowerCase(Locale.ROOT)).put("output", path.toString());
        object.put("step", outcome.step()).put("samples", outcome.samples()).put("seconds", outcome.seconds());
        object.put("peak_rss_mib", Machine.peakRssMib());
        Figures.put(object.putObject("metrics"), outcome.metrics());
        console.result(object);
    }
}
