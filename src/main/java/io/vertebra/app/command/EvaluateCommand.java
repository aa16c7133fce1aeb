package io.vertebra.app.command;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertebra.app.CommandException;
import io.vertebra.app.CommonOptions;
import io.vertebra.app.Console;
import io.vertebra.app.ExitCode;
import io.vertebra.app.Machine;
import io.vertebra.app.Wiring;
import io.vertebra.app.config.Binding;
import io.vertebra.app.config.EditDistance;
import io.vertebra.app.recipe.OpenedData;
import io.vertebra.app.recipe.OpenedModel;
import io.vertebra.app.recipe.Recipe;
import io.vertebra.datasets.loading.Loader;
import io.vertebra.graph.Graph;
import io.vertebra.graph.engine.Engine;
import io.vertebra.tasks.Labels;
import io.vertebra.tasks.Problem;
import io.vertebra.tasks.evaluation.Evaluation;
import io.vertebra.tasks.evaluation.Evaluator;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vertebra evaluate}: measures a model on the validation data. */
@Command(
        name = "evaluate",
        description = {
            "Measures a model on the validation data of a recipe: each sample once, whatever the batch size.",
            "Given the folder of a run, it takes the run's best weights and its own recipe."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  vertebra evaluate runs/quickstart",
            "  vertebra evaluate configs/quickstart.yaml --weights runs/quickstart/weights/last.safetensors",
            "  vertebra evaluate runs/quickstart --fail-under top1=0.9"
        })
public final class EvaluateCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    CommonOptions common;

    @Mixin
    ModelSource source;

    @Parameters(arity = "0..1", paramLabel = "CONFIG|RUN", description = "A recipe, or the folder of a run.")
    Path config;

    @Option(
            names = "--fail-under",
            paramLabel = "METRIC=VALUE",
            description = "Ends with exit code 17 if a metric is below the value; may be given more than once.")
    Map<String, Double> limits = new LinkedHashMap<>();

    @Option(names = "--json", description = "Prints one JSON object.")
    boolean json;

    /** Prints to this console. */
    public EvaluateCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        Wiring wiring = new Wiring(console, common);
        Binding<Recipe> binding = source.bind(config, wiring);
        Recipe recipe = binding.value();
        OpenedData.Part val = wiring.validation(binding);
        Optional<OpenedModel.Weights> weights = wiring.model().header(recipe.model());
        Map<String, Labels> labels = wiring.classNames()
                .measured(recipe, weights, source.model, wiring.heads().of(recipe.model(), val.data()));
        OpenedModel opened =
                wiring.model().open(recipe.model(), weights, wiring.heads().outputs(recipe.model(), labels));
        opened.checkClasses(labels);
        Problem problem = wiring.problem(recipe, opened.model(), labels);
        checkLimits(problem);
        Graph graph = opened.model().inference();
        Engine engine = wiring.engines().open(recipe.engine().name(), console::say);
        Evaluation evaluation;
        try (Loader loader = Loader.evaluation(
                val.data(),
                val.pipeline(),
                recipe.normalization(opened.normalization()),
                recipe.data().loaderOptions(recipe.evaluate().batchSize(), recipe.seed()))) {
            evaluation = new Evaluator(problem, val.data(), loader)
                    .evaluate(
                            engine,
                            graph,
                            opened.parameters(graph, recipe.seed(), false, console::say),
                            recipe.precision().on(engine));
            if (loader.skipped() > 0) {
                console.say(loader.skipped() + " unreadable pictures were left out");
            }
        }
        print(evaluation);
        return missed(evaluation) ? ExitCode.LIMIT.code() : 0;
    }

    private void print(Evaluation evaluation) {
        if (json) {
            ObjectNode object = JsonNodeFactory.instance.objectNode();
            Figures.put(object.putObject("metrics"), evaluation.metrics());
            object.put("samples", evaluation.samples()).put("seconds", evaluation.seconds());
            console.result(object.put("peak_rss_mib", Machine.peakRssMib()));
            return;
        }
        Figures.lines(evaluation.metrics()).forEach(console::result);
        console.say("%d samples in %.1f s, %.1f images/s, at most %d MiB of memory"
                .formatted(
                        evaluation.samples(),
                        evaluation.seconds(),
                        evaluation.samples() / evaluation.seconds(),
                        Machine.peakRssMib()));
    }

    private void checkLimits(Problem problem) {
        for (String metric : limits.keySet()) {
            if (!problem.metrics().contains(metric)) {
                throw new CommandException(
                        ExitCode.USAGE,
                        "--fail-under: unknown metric " + metric + " " + EditDistance.hint(metric, problem.metrics()));
            }
        }
    }

    private boolean missed(Evaluation evaluation) {
        boolean missed = false;
        for (Map.Entry<String, Double> limit : limits.entrySet()) {
            double value = evaluation.metrics().get(limit.getKey());
            if (!(value >= limit.getValue())) {
                console.say("%s is %s, below the limit %s".formatted(limit.getKey(), value, limit.getValue()));
                missed = true;
            }
        }
        return missed;
    }
}
