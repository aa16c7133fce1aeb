package io.vertebra.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertebra.graph.Graph;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.EngineProvider;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.op.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
        int threads = Integer.parseInt(System.getenv()
                .getOrDefault(
                        "OMP_NUM_THREADS", Integer.toString(Runtime.getRuntime().availableProcessors())));
        Clock clock = new Clock(threads);
        boolean training = mode.equals("training");
        Engine engine = ServiceLoader.load(EngineProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(p -> p.name().equals("onednn"))
                .findFirst()
                .orElseThrow()
                .create();
        List<Contestant> contestants = contestants(engine, training, threads, clock);
        Map<String, List<Double>> times = clock.rounds(training ? 2 : 3, rounds, contestants);
        contestants.forEach(Contestant::close);
        print(times);
        write(engine, clock, threads, times);
        return 0;
    }

    private List<Contestant> contestants(Engine engine, boolean training, int threads, Clock clock) throws Exception {
        Graph graph = training ? ResNet50.training() : ResNet50.inference();
        Map<Layer, Integer> layers = Layer.of(graph, Shape.of(batch, 3, SIZE, SIZE));
        List<Contestant> all = new ArrayList<>();
        for (Precision precision : List.of(Precision.FP32, Precision.BF16)) {
            all.add(new VertebraContestant(engine, graph, training, precision, batch, SIZE));
            all.add(new Floor(layers, training, precision, clock));
        }
        if (peers.contains("onnxruntime") && !training) {
            all.add(new OnnxRuntimePeer(models.resolve("resnet50.onnx"), batch, SIZE, threads));
        }
        if (peers.contains("torch")) {
            for (String form : List.of("f32_nchw", "f32_nhwc", "bf16_nhwc")) {
                all.add(
                        training
                                ? TorchPeer.training(models, "train_" + form, batch, SIZE)
                                : TorchPeer.inference(models, "eval_" + form, batch, SIZE));
            }
        }
        if (peers.contains("dl4j")) {
            all.add(new Dl4jPeer(batch, SIZE, training));
        }
        return all;
    }

    private void print(Map<String, List<Double>> times) {
        double ours = Clock.median(times.get("onednn fp32"));
        double half = Clock.median(times.get("onednn bf16"));
        times.forEach((name, samples) -> {
            double median = Clock.median(samples);
            System.out.printf(
                    Locale.ROOT,
                    "%-26s median %9.2f ms   min %9.2f ms   %8.2f images/s   / ours fp32 %6.3f   / ours bf16 %6.3f%n",
                    name,
                    median * 1e3,
                    samples.stream().mapToDouble(Double::doubleValue).min().orElse(0) * 1e3,
                    batch / median,
                    median / ours,
                    median / half);
        });
    }

    private void write(Engine engine, Clock clock, int threads, Map<String, List<Double>> times) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode json = mapper.createObjectNode();
        json.put("network", "resnet50")
                .put("mode", mode)
                .put("batch", batch)
                .put("size", SIZE)
                .put("threads", threads);
        json.put("clock", clock.description()).put("engine", engine.version());
        json.put("java", Runtime.version().toString()).put("cpu", cpu());
        ObjectNode seconds = json.putObject("seconds");
        times.forEach((name, samples) -> seconds.set(name, mapper.valueToTree(samples)));
        Files.writeString(output, mapper.writerWithDefaultPrettyPrinter().writeValueAsString(json));
    }

    /** Model name and the flags that decide which kernels run. */
    private static String cpu() throws IOException {
        Path info = Path.of("/proc/cpuinfo");
        if (!Files.exists(info)) {
            return System.getProperty("os.arch");
        }
        List<String> lines = Files.readAllLines(info);
        String model = value(lines, "model name");
        List<String> flags = new ArrayList<>(List.of(value(lines, "flags").split(" ")));
        flags.removeIf(f -> !f.startsWith("avx") && !f.startsWith("amx") && !f.equals("fma"));
        return model + "; " + String.join(" ", flags);
    }

    private static String value(List<String> lines, String key) {
        return lines.stream()
                .filter(l -> l.startsWith(key))
                .map(l -> l.substring(l.indexOf(':') + 2))
                .findFirst()
                .orElse("?");
    }
}
