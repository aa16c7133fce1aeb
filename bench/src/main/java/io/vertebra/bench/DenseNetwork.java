package io.vertebra.bench;

import ai.djl.ndarray.NDList;
import io.vertebra.backbones.weights.Schemes;
import io.vertebra.backbones.weights.WeightFile;
import io.vertebra.backbones.weights.WeightLoader;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Batch;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.Shape;
import io.vertebra.graph.op.Size;
import io.vertebra.heads.DenseDetector;
import io.vertebra.heads.Model;
import io.vertebra.heads.Models;
import io.vertebra.tasks.Forward;
import io.vertebra.tasks.Labels;
import io.vertebra.tasks.Problem;
import io.vertebra.tasks.RandomBatch;
import io.vertebra.tasks.Setting;
import io.vertebra.tasks.Task;
import io.vertebra.tasks.config.EvaluateConfig;
import io.vertebra.tasks.config.LossConfig;
import io.vertebra.tasks.detection.DetectionTask;
import io.vertebra.tasks.evaluation.Evaluator;
import io.vertebra.tasks.segmentation.SegmentationTask;
import io.vertebra.tasks.training.TrainingGraphs;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** A network with dense outputs, the weights that its peers have too, and one batch of noise with truth. */
final class DenseNetwork {
    private final String name;
    private final Model model;
    private final Problem problem;
    private final RandomBatch noise;
    private final int side;

    private DenseNetwork(String name, int side, int batch, Task task) {
        this.name = name;
        this.side = side;
        model = Models.builtIn().get(name);
        int classes = model.classes() - task.outputs(0);
        Labels labels = Labels.of(
                IntStream.range(0, classes).mapToObj(Integer::toString).toList());
        problem = task.open(
                new Setting(model, "", Map.of("", labels), LossConfig.defaults(), EvaluateConfig.defaults(), false));
        noise = new RandomBatch(Shape.of(batch, 3, side, side), problem, model);
    }

    /** By its name among the built-in models. */
    static DenseNetwork of(String name, int batch) {
        return switch (name) {
            case "deeplabv3_resnet50" -> new DenseNetwork(name, 512, batch, new SegmentationTask());
            case "ssd300_vgg16" -> new DenseNetwork(name, 300, batch, new DetectionTask());
            default -> throw new IllegalArgumentException("no network " + name);
        };
    }

    int side() {
        return side;
    }

    Graph graph(boolean training) {
        return training
                ? TrainingGraphs.of(model, problem)
                : model.inference().withOutputs(problem.outputs().toArray(String[]::new));
    }

    /** The weights that tools/bench/models.py drew. */
    Parameters parameters(Graph graph, Path folder) {
        Parameters parameters = Parameters.initialize(graph, 1);
        try (WeightFile file = WeightFile.open(folder.resolve("weights.pth"))) {
            new WeightLoader(file, Schemes.builtIn().recognise(file)).load(parameters);
        }
        return parameters;
    }

    /** Pictures and truth. */
    Batch feed() {
        return noise.feed();
    }

    Tensor.Floats pictures() {
        return Problem.pictures(noise.batch());
    }

    /** From pictures to label maps of their size, or to boxes after suppression. */
    void answer(Session session) {
        Forward network = Evaluator.forward(problem, session, Session.Weights.LIVE);
        if (problem.predict(noise.batch(), network, 1).isEmpty()) {
            throw new IllegalStateException(name + " gave no answer");
        }
    }

    /** What a peer has no operator for. */
    Consumer<NDList> rest() {
        if (!model.task().equals(DetectionTask.NAME)) {
            return outputs -> outputs.get(0).toByteBuffer();
        }
        DenseDetector detector = (DenseDetector) model.detector();
        return outputs -> {
            float[] logits = outputs.get(0).toFloatArray();
            float[] encodings = outputs.get(1).toFloatArray();
            for (int row = 0; row < outputs.get(0).getShape().get(0); row++) {
                detector.decode(logits, encodings, row, model.classes(), Size.of(side));
            }
        };
    }

    /** Pictures and truth in the order of the peers' scripts. */
    List<Tensor> inputs() {
        Map<String, Tensor> fed = problem.feed(noise.batch());
        return model.task().equals(DetectionTask.NAME)
                ? List.of(fed.get("input"), fed.get("anchor_labels"), fed.get("box_targets"))
                : List.of(fed.get("input"), fed.get("labels"));
    }
}
