package io.vertebra.app.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.vertebra.app.CommonOptions;
import io.vertebra.app.Console;
import io.vertebra.app.Wiring;
import io.vertebra.app.config.Binding;
import io.vertebra.app.recipe.OpenedModel;
import io.vertebra.app.recipe.Recipe;
import io.vertebra.datasets.transforms.Pipeline;
import io.vertebra.graph.Graph;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Session;
import io.vertebra.images.Normalization;
import io.vertebra.tasks.Forward;
import io.vertebra.tasks.Labels;
import io.vertebra.tasks.Problem;
import io.vertebra.tasks.evaluation.Evaluator;
import io.vertebra.tasks.prediction.Predictor;
import io.vertebra.tasks.prediction.Result;
import io.vertebra.tasks.prediction.ResultFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code vertebra predict}: answers for pictures. */
@Command(
        name = "predict",
        description = {
            "Tells what pictures show. Prints a line for each picture; with --output also writes annotated copies, predictions.csv"
                    + " and predictions.json.",
            "Pictures are prepared as the recipe's validation data is, or as the weights say."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  vertebra predict runs/finetune photos --output answers",
            "  vertebra predict --model mobilenet_v2 --weights mobilenet_v2.safetensors cat.jpg --json"
        })
public final class PredictCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    CommonOptions common;

    @Mixin
    PictureSource given;

    @Option(
            names = "--classes",
            paramLabel = "FILE",
            description = "Names of the classes, one a line, in place of those of weights or recipe.")
    Path classes;

    @Option(
            names = "--top",
            paramLabel = "N",
            defaultValue = "5",
            description = "Candidates for each picture; default: 5.")
    int top;

    @Option(names = "--output", paramLabel = "DIR", description = "Where annotated pictures and tables go.")
    Path output;

    @Option(names = "--json", description = "Prints one JSON object.")
    boolean json;

    /** Prints to this console. */
    public PredictCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        List<Path> pictures = given.files("predict");
        Wiring wiring = new Wiring(console, common);
        Binding<Recipe> binding = given.recipe(wiring);
        Recipe recipe = binding.value();
        Optional<OpenedModel.Weights> weights = wiring.model().header(recipe.model());
        Map<String, Labels> labels = wiring.classNames().find(recipe, weights, given.source.model, classes);
        OpenedModel opened =
                wiring.model().open(recipe.model(), weights, wiring.heads().outputs(recipe.model(), labels));
        Problem problem = wiring.problem(recipe, opened.model(), labels);
        Normalization normalization = recipe.normalization(opened.normalization());
        Pipeline pipeline = wiring.data().predictionPipeline(binding, opened);
        Engine engine = wiring.engines().open(recipe.engine().name(), console::say);
        Graph used = opened.model().inference().withOutputs(problem.outputs().toArray(String[]::new));
        Options options = Options.inference(recipe.precision().on(engine));
        try (Session session =
                engine.open(used, opened.parameters(used, recipe.seed(), false, console::say), options)) {
            Forward network = Evaluator.forward(problem, session, Session.Weights.LIVE);
            predict(
                    new Predictor(
                            problem,
                            network,
                            pipeline,
                            normalization,
                            recipe.evaluate().batchSize()),
                    pictures);
        }
        return 0;
    }

    private void predict(Predictor predictor, List<Path> pictures) {
        ArrayNode rows = JsonNodeFactory.instance.arrayNode();
        ResultFiles files = output == null ? null : new ResultFiles(output);
        Consumer<Result> take = result -> {
            if (files != null) {
                files.add(result);
            }
            if (json) {
                rows.add(Console.json(ResultFiles.row(result)));
            } else {
                console.result(result.file() + ": " + result.prediction().summary());
            }
        };
        predictor.predict(pictures, top, take);
        if (files != null) {
            files.finish();
            console.say("annotated pictures and tables are in " + output);
        }
        if (json) {
            console.result(JsonNodeFactory.instance.objectNode().set("predictions", rows));
        }
    }
}
