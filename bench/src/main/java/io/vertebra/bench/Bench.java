package io.vertebra.bench;

import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.EngineProvider;
import io.vertebra.graph.engine.Precision;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs a classifier on the engine, its floor and its peers, round after round, and writes every sample as JSON. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "A classifier on our engine, the floor of raw primitives, ONNX Runtime, DJL/PyTorch, stock DL4J.")
public final class Bench implements Callable<Integer> {
    private static final int WARM_UP = 2;

    @Option(names = "--network", defaultValue = "resnet50", description = "name of a built-in classifier")
    private String network;

    @Option(
            names = "--cases",
            split = ",",
            defaultValue = "inference:1,inference:8,training:8",
            description = "modes with pictures a pass, measured one after the other; default: ${DEFAULT-VALUE}")
    private List<String> cases;

    @Option(
            names = "--rounds",
            defaultValue = "25",
            description = "passes of each contestant that are measured, at most")
    private int rounds;

    @Option(names = "--fewest", defaultValue = "3", description = "and at least")
    private int fewest;

    @Option(names = "--seconds", defaultValue = "60", description = "no round of a case begins later")
    private int seconds;

    /** For which cases the floor is measured. */
    enum Floors {
        ALL,
        TRAINING,
        NONE
    }

    @Option(
            names = "--floor",
            defaultValue = "ALL",
            description = "cases whose floor is measured: ${COMPLETION-CANDIDATES}")
    private Floors floor;

    @Option(names = "--profile", description = "add to the JSON where the time of our engine goes")
    private boolean profile;

    @Option(
            names = "--peers",
            split = ",",
            description = "of onnxruntime, torch, dl4j (resnet50 only); none by default")
    private List<String> peers = List.of();

    @Option(
            names = "--models",
            description = "folder that tools/bench/models.py wrote; needed for onnxruntime and torch")
    private Path models;

    @Option(names = "--output", required = true, description = "folder for NETWORK-MODE-bBATCH[-Nthreads].json")
    private Path output;

    private final int threads = threads();
    private final Clock clock = new Clock(threads);
    private final Engine engine = engine();

    private Bench() {}

    /** Runs and exits. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Bench())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(args));
    }

    @Override
    public Integer call() throws Exception {
        if (peers.contains("dl4j") && !network.equals("resnet50")) {
            throw new IllegalArgumentException("dl4j is written down for resnet50 only");
        }
        Classifier classifier = Classifier.of(network);
        List<Case> parsed = cases.stream().map(Case::parse).toList();
        Files.createDirectories(output);
        for (Case wanted : parsed) {
            measure(classifier, wanted);
        }
        return 0;
    }

    /** As many as OpenMP will use. */
    static int threads() {
        return Integer.parseInt(System.getenv()
                .getOrDefault(
                        "OMP_NUM_THREADS", Integer.toString(Runtime.getRuntime().availableProcessors())));
    }

    static Engine engine() {
        return ServiceLoader.load(EngineProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(p -> p.name().equals("onednn"))
                .findFirst()
                .orElseThrow()
                .create();
    }

    private void measure(Classifier classifier, Case wanted) throws Exception {
        System.out.printf("== %s %s, batch %d, %d threads%n", network, wanted.mode(), wanted.batch(), threads);
        List<VertebraContestant> ours = ours(classifier, wanted);
        List<Contestant> all = new ArrayList<>(ours);
        if (floor == Floors.ALL || (floor == Floors.TRAINING && wanted.training())) {
            Map<Layer, Integer> layers =
                    Layer.of(classifier.graph(wanted.training()), classifier.shape(wanted.batch()));
            for (Precision precision : List.of(Precision.FP32, Precision.BF16)) {
                all.add(new Floor(layers, wanted.training(), precision, clock));
            }
        }
        all.addAll(peers(classifier, wanted));
        Map<String, List<Double>> times = clock.rounds(WARM_UP, new Clock.Limits(fewest, rounds, seconds), all);
        Report report = new Report(network, wanted.mode(), wanted.batch(), classifier.side(), threads).print(times);
        for (VertebraContestant one : profile ? ours : List.<VertebraContestant>of()) {
            report.profile(one.name(), one.profile(fewest), classifier.joins());
        }
        all.forEach(Contestant::close);
        String suffix = threads == 1 ? "" : "-" + threads + "threads";
        String file = network + "-" + wanted.mode() + "-b" + wanted.batch() + suffix + ".json";
        report.write(output.resolve(file), engine, clock, times);
    }

    private List<VertebraContestant> ours(Classifier classifier, Case wanted) {
        Graph graph = classifier.graph(wanted.training());
        List<VertebraContestant> ours = new ArrayList<>();
        for (Precision precision : List.of(Precision.FP32, Precision.BF16)) {
            Parameters parameters = Parameters.initialize(graph, 1);
            var feed = classifier.feed(wanted.training(), wanted.batch());
            ours.add(
                    wanted.training()
                            ? VertebraContestant.training(engine, graph, parameters, precision, feed)
                            : VertebraContestant.inference(
                                    engine, graph, parameters, precision, feed, session -> session.evaluate(feed)));
        }
        return ours;
    }

    private List<Contestant> peers(Classifier classifier, Case wanted) throws Exception {
        List<Contestant> all = new ArrayList<>();
        if (peers.contains("onnxruntime") && !wanted.training()) {
            Path file = models.resolve(network).resolve("model.onnx");
            all.add(new OnnxRuntimePeer(file, classifier.images(wanted.batch()), threads));
        }
        if (peers.contains("torch")) {
            Path folder = models.resolve(network);
            for (String form : TorchPeer.FORMS) {
                var images = classifier.images(wanted.batch());
                all.add(
                        wanted.training()
                                ? TorchPeer.training(folder, "train_" + form, images, Pixels.labels(wanted.batch()))
                                : TorchPeer.inference(folder, "eval_" + form, images, answer -> {}));
            }
        }
        if (peers.contains("dl4j")) {
            all.add(new Dl4jPeer(wanted.batch(), classifier.side(), wanted.training()));
        }
        return all;
    }
}
