package io.vertebra.bench;

import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.Precision;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs DeepLab v3 or SSD300 end to end, or a training step of it, on the engine and its peers, round after round. */
@Command(
        name = "dense",
        mixinStandardHelpOptions = true,
        description =
                "DeepLab v3 ResNet-50 at 512 px and SSD300 VGG16: our engine, ONNX Runtime, DJL/PyTorch. Inference"
                        + " ends with the label map or with boxes after suppression; a training step begins with encoded targets.")
public final class DenseBench implements Callable<Integer> {
    @Option(names = "--network", required = true, description = "deeplabv3_resnet50 or ssd300_vgg16")
    private String network;

    @Option(names = "--mode", defaultValue = "inference", description = "inference or training")
    private String mode;

    @Option(names = "--batch", defaultValue = "1", description = "pictures a training step; inference takes one")
    private int batch;

    @Option(names = "--rounds", defaultValue = "5", description = "passes of each contestant that are measured")
    private int rounds;

    @Option(names = "--warmup", defaultValue = "2", description = "passes of each before them")
    private int warmUp;

    @Option(names = "--models", required = true, description = "folder that 'tools/bench/models.py FOLDER dense' wrote")
    private Path models;

    @Option(names = "--output", required = true, description = "JSON file to write")
    private Path output;

    private DenseBench() {}

    /** Runs and exits. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new DenseBench()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        int threads = Bench.threads();
        Clock clock = new Clock(threads);
        boolean training = mode.equals("training");
        DenseNetwork dense = DenseNetwork.of(network, training ? batch : 1);
        Engine engine = Bench.engine();
        List<Contestant> contestants = training ? training(engine, dense) : inference(engine, dense, threads);
        Map<String, List<Double>> times = clock.rounds(warmUp, Clock.Limits.exactly(rounds), contestants);
        contestants.forEach(Contestant::close);
        new Report(network, mode, training ? batch : 1, dense.side(), threads)
                .print(times)
                .write(output, engine, clock, times);
        return 0;
    }

    private Path folder() {
        return models.resolve(network);
    }

    private List<Contestant> inference(Engine engine, DenseNetwork dense, int threads) throws Exception {
        Graph graph = dense.graph(false);
        Parameters parameters = dense.parameters(graph, folder());
        List<Contestant> all = new ArrayList<>();
        for (Precision precision : List.of(Precision.FP32, Precision.BF16)) {
            all.add(VertebraContestant.inference(engine, graph, parameters, precision, dense.feed(), dense::answer));
        }
        all.add(new OnnxRuntimePeer(folder().resolve("model.onnx"), dense.pictures(), threads));
        for (String form : TorchPeer.FORMS) {
            all.add(TorchPeer.inference(folder(), "eval_" + form, dense.pictures(), dense.rest()));
        }
        return all;
    }

    private List<Contestant> training(Engine engine, DenseNetwork dense) throws Exception {
        Graph graph = dense.graph(true);
        List<Contestant> all = new ArrayList<>();
        for (Precision precision : List.of(Precision.FP32, Precision.BF16)) {
            Parameters parameters = dense.parameters(graph, folder());
            all.add(VertebraContestant.training(engine, graph, parameters, precision, dense.feed()));
        }
        for (String form : TorchPeer.FORMS) {
            all.add(TorchPeer.training(folder(), "train_" + form, dense.inputs()));
        }
        return all;
    }
}
