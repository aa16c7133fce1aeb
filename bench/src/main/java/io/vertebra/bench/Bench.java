package io.vertebra.bench;

import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.EngineProvider;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs ResNet-50 at 224 px on the engine, its floor and its peers, round after round, and writes every sample as JSON. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description =
                "ResNet-50 at 224 px: our engine, the floor of raw primitives, ONNX Runtime, DJL/PyTorch, stock DL4J.")
public final class Bench implements Callable<Integer> {
    private static final int SIZE = 224;

    @Option(names = "--mode", defaultValue = "inference", description = "inference or training")
    private String mode;

    @Option(names = "--batch", defaultValue = "8", description = "pictures a pass")
    private int batch;

    @Option(names = "--rounds", defaultValue = "15", description = "passes of each contestant that are measured")
    private int rounds;

    @Option(names = "--peers", split = ",", description = "of onnxruntime, torch, dl4j; none by default")
    private List<String> peers = List.of();

    @Option(
            names = "--models",
            description = "folder that tools/bench/models.py wrote; needed for onnxruntime and torch")
    private Path models;

    @Option(names = "--output", required = true, description = "JSON file to write")
    private Path output;

    private Bench() {}

    /** Runs and exits. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Bench()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        int threads = threads();
        Clock clock = new Clock(threads);
        boolean training = mode.equals("training");
        Engine engine = engine();
        List<Contestant> contestants = contestants(engine, training, threads, clock);
        Map<String, List<Double>> times = clock.rounds(training ? 2 : 3, rounds, contestants);
        contestants.forEach(Contestant::close);
        new Report("resnet50", mode, batch, SIZE, threads).print(times).write(output, engine, clock, times);
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

    private Tensor.Floats images() {
        return Tensor.of(Pixels.of(batch * 3 * SIZE * SIZE), batch, 3, SIZE, SIZE);
    }

    private List<Contestant> contestants(Engine engine, boolean training, int threads, Clock clock) throws Exception {
        Graph graph = training ? ResNet50.training() : ResNet50.inference();
        Map<Layer, Integer> layers = Layer.of(graph, Shape.of(batch, 3, SIZE, SIZE));
        Batch fed = training ? Batch.of(images(), Tensor.of(Pixels.labels(batch), batch)) : Batch.of(images());
        List<Contestant> all = new ArrayList<>();
        for (Precision precision : List.of(Precision.FP32, Precision.BF16)) {
            Parameters parameters = Parameters.initialize(graph, 1);
            all.add(
                    training
                            ? VertebraContestant.training(engine, graph, parameters, precision, fed)
                            : VertebraContestant.inference(engine, graph, parameters, precision, s -> s.evaluate(fed)));
            all.add(new Floor(layers, training, precision, clock));
        }
        if (peers.contains("onnxruntime") && !training) {
            all.add(new OnnxRuntimePeer(models.resolve("resnet50.onnx"), images(), threads));
        }
        if (peers.contains("torch")) {
            for (String form : List.of("f32_nchw", "f32_nhwc", "bf16_nhwc")) {
                all.add(
                        training
                                ? TorchPeer.training(models, "train_" + form, images(), Pixels.labels(batch))
                                : TorchPeer.inference(models, "eval_" + form, images(), answer -> {}));
            }
        }
        if (peers.contains("dl4j")) {
            all.add(new Dl4jPeer(batch, SIZE, training));
        }
        return all;
    }
}
