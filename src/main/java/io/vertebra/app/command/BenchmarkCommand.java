package io.vertebra.app.command;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertebra.app.CommonOptions;
import io.vertebra.app.Console;
import io.vertebra.app.ExitCode;
import io.vertebra.app.Machine;
import io.vertebra.app.Wiring;
import io.vertebra.app.recipe.OpenedModel;
import io.vertebra.app.recipe.Recipe;
import io.vertebra.graph.Analysis;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.Groups;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Scalars;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.engine.TrainingState;
import io.vertebra.graph.engine.Update;
import io.vertebra.graph.op.Shape;
import io.vertebra.heads.Model;
import io.vertebra.tasks.Forward;
import io.vertebra.tasks.Problem;
import io.vertebra.tasks.RandomBatch;
import io.vertebra.tasks.evaluation.Evaluator;
import io.vertebra.tasks.feeding.Feed;
import io.vertebra.tasks.training.TrainingGraphs;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code vertebra benchmark}: how fast a network is on this machine. */
@Command(
        name = "benchmark",
        description = {
            "Measures a network on random pictures: warm-up, then the median of single passes with its spread (the middle half),"
                    + " images/s, GFLOP/s counted from multiply-adds, and the largest memory of the process.",
            "A training step is forward, backward and update; its work is counted as three times the forward pass."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  vertebra benchmark --model resnet50 --batch 8 --precision bf16",
            "  vertebra benchmark --model resnet50 --mode training --profile",
            "  vertebra benchmark configs/quickstart.yaml --threads 1 --json"
        })
public final class BenchmarkCommand implements Callable<Integer> {
    private static final double NANOS = 1e9;

    /** What {@code --mode} names. */
    enum Mode {
        inference,
        training
    }

    private final Console console;

    @Mixin
    CommonOptions common;

    @Mixin
    ModelSource source;

    @CommandLine.Parameters(arity = "0..1", paramLabel = "CONFIG", description = "A recipe, or the folder of a run.")
    Path config;

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            defaultValue = "inference",
            description = "inference or training; default: inference.")
    Mode mode;

    @Option(
            names = "--batch",
            paramLabel = "N",
            description = "Pictures in a pass; default: 1, in training 2, as norms over pooled pictures need two.")
    Integer batch;

    @Option(names = "--size", paramLabel = "PIXELS", description = "Side of the pictures; default: the model's own.")
    Integer size;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "20",
            description = "Passes that are timed; default: 20.")
    int rounds;

    @Option(names = "--warmup", paramLabel = "N", defaultValue = "5", description = "Passes before them; default: 5.")
    int warmup;

    @Option(
            names = "--end-to-end",
            description =
                    "Times what is made of the outputs too: label maps of the pictures' size, boxes after suppression.")
    boolean endToEnd;

    @Option(
            names = "--fed",
            description =
                    "Feeds each pass with arrays of its own, as train and evaluate do: an engine that can brings the next"
                            + " ones to its device while a pass runs, and takes pictures as bytes.")
    boolean fed;

    @Option(
            names = "--profile",
            description =
                    "Adds a table of operators: time, GFLOP/s, GB/s of the tensors that each reads and writes, and the code that ran.")
    boolean profile;

    @Option(
            names = "--fail-over",
            paramLabel = "MS",
            description = "Ends with exit code 17 if the median is above this.")
    Double limit;

    @Option(names = "--json", description = "Prints one JSON object.")
    boolean json;

    /** Prints to this console. */
    public BenchmarkCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        batch = batch != null ? batch : mode == Mode.training ? 2 : 1;
        Wiring wiring = new Wiring(console, common);
        Recipe recipe = source.bind(config, wiring).value();
        OpenedModel opened = wiring.model(recipe, source.publishedOutputs(wiring));
        Model model = opened.model();
        int side = size != null ? size : wiring.models().inputSize(source.nameOf(recipe));
        Problem problem = wiring.problem(recipe, model, wiring.heads().numbered(model));
        Engine engine = wiring.engines().open(recipe.engine().name(), console::say);
        Shape image = Shape.of(batch, model.backbone().config().inChannels(), side, side);
        Graph graph = mode == Mode.training
                ? TrainingGraphs.of(model, problem)
                : model.inference().withOutputs(problem.outputs().toArray(String[]::new));
        RandomBatch pictures = new RandomBatch(image, problem, model);
        try (Session session = open(engine, graph, recipe)) {
            double[] seconds = fed
                    ? fed(session, problem, () -> new RandomBatch(image, problem, model, session.prefersBytes()))
                    : time(pass(session, problem, pictures));
            long macs = Analysis.of(graph, pictures.feed().shapes()).macs() * (mode == Mode.training ? 3 : 1);
            List<Session.Timing> rows = profile ? session.profile(pictures.feed(), 5) : List.of();
            return report(engine, source.nameOf(recipe), recipe, side, seconds, macs, session.memory(), rows);
        }
    }

    /** What is timed, given the number of the pass. */
    private LongConsumer pass(Session session, Problem problem, RandomBatch pictures) {
        Batch fed = pictures.feed();
        if (mode == Mode.training) {
            return number -> session.step(fed, Scalars.of(0, number));
        }
        if (endToEnd) {
            Forward network = Evaluator.forward(problem, session, Session.Weights.LIVE);
            return number -> problem.predict(pictures.batch(), network, 1);
        }
        return number -> session.evaluate(fed);
    }

    /** Times passes over two batches in turn. */
    private double[] fed(Session session, Problem problem, Supplier<RandomBatch> noise) {
        RandomBatch one = noise.get();
        RandomBatch other = noise.get();
        Iterator<RandomBatch> turns =
                Stream.generate(() -> List.of(one, other)).flatMap(List::stream).iterator();
        Supplier<io.vertebra.datasets.Batch> source = () -> turns.next().batch();
        Function<io.vertebra.datasets.Batch, Map<String, Tensor>> inputs =
                mode == Mode.training ? problem::feed : problem::inputs;
        Set<String> outputs = Set.copyOf(problem.outputs());
        try (Feed feed = Feed.of(source, inputs, session)) {
            return time(number -> {
                Feed.Fed now = feed.next(false);
                if (mode == Mode.training) {
                    session.step(feed.use(now), Scalars.of(0, number));
                } else if (endToEnd) {
                    Forward network = asked -> session.evaluate(feed.use(asked), Session.Weights.LIVE, outputs);
                    problem.predict(now.batch(), network, 1);
                } else {
                    session.evaluate(feed.use(now));
                }
            });
        }
    }

    private Session open(Engine engine, Graph graph, Recipe recipe) {
        Parameters parameters = Parameters.initialize(graph, recipe.seed());
        if (mode == Mode.inference) {
            return engine.open(
                    graph, parameters, Options.inference(recipe.precision().on(engine)));
        }
        Update update = recipe.train().update();
        Groups groups = Groups.all(graph, recipe.train().optimizer().weightDecay());
        return engine.open(
                graph,
                TrainingState.fresh(graph, parameters, update, groups),
                Options.training(recipe.precision().on(engine), update, groups, recipe.seed()));
    }

    private double[] time(LongConsumer pass) {
        double[] seconds = new double[rounds];
        for (int i = -warmup; i < rounds; i++) {
            long start = System.nanoTime();
            pass.accept(i + warmup);
            if (i >= 0) {
                seconds[i] = (System.nanoTime() - start) / NANOS;
            }
        }
        Arrays.sort(seconds);
        return seconds;
    }

    private int report(
            Engine engine,
            String name,
            Recipe recipe,
            int side,
            double[] seconds,
            long macs,
            Session.Memory memory,
            List<Session.Timing> rows) {
        double median = seconds[seconds.length / 2];
        double low = seconds[seconds.length / 4];
        double high = seconds[seconds.length * 3 / 4];
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        object.put("model", name).put("mode", endToEnd && mode == Mode.inference ? "end to end" : mode.name());
        object.put("fed", fed);
        object.put("engine", engine.name()).put("version", engine.version());
        object.put("precision", recipe.precision().on(engine).name().toLowerCase(Locale.ROOT));
        object.put("threads", System.getenv("OMP_NUM_THREADS"))
                .put("cpu", Machine.here().processor());
        object.put("batch", batch).put("size", side).put("rounds", rounds).put("warmup", warmup);
        object.put("median_ms", median * 1e3).put("low_ms", low * 1e3).put("high_ms", high * 1e3);
        object.put("images_per_s", batch / median).put("gflops", 2 * macs / median / 1e9);
        object.put("session_mib", memory.total() >> 20).put("peak_rss_mib", Machine.peakRssMib());
        object.set("operators", OperatorTable.json(rows));
        if (json) {
            console.result(object);
        } else {
            print(object, rows);
        }
        boolean isMissed = limit != null && median * 1e3 > limit;
        if (isMissed) {
            console.say("the median of %.2f ms is over the limit of %s ms".formatted(median * 1e3, limit));
        }
        return isMissed ? ExitCode.LIMIT.code() : 0;
    }

    private void print(ObjectNode o, List<Session.Timing> rows) {
        console.result("%s %s, batch %d at %d, %s, %s threads"
                .formatted(
                        o.get("model").asText(),
                        mode,
                        batch,
                        o.get("size").asInt(),
                        o.get("precision").asText(),
                        o.get("threads").asText()));
        console.result("engine        " + o.get("engine").asText() + ", "
                + o.get("version").asText());
        console.result("median        %.2f ms (middle half %.2f to %.2f, %d passes)"
                .formatted(
                        o.get("median_ms").asDouble(),
                        o.get("low_ms").asDouble(),
                        o.get("high_ms").asDouble(),
                        rounds));
        console.result("images/s      %.1f".formatted(o.get("images_per_s").asDouble()));
        console.result("GFLOP/s       %.1f".formatted(o.get("gflops").asDouble()));
        console.result("memory        %d MiB in the session, %d MiB process peak"
                .formatted(o.get("session_mib").asLong(), o.get("peak_rss_mib").asLong()));
        OperatorTable.print(rows, console);
    }
}
