package io.vertebra.tasks.detection;

import io.vertebra.datasets.Batch;
import io.vertebra.datasets.Dataset;
import io.vertebra.datasets.Placement;
import io.vertebra.datasets.TargetEncoder;
import io.vertebra.graph.Node;
import io.vertebra.graph.engine.Outputs;
import io.vertebra.graph.engine.Tensor;
import io.vertebra.graph.op.Size;
import io.vertebra.heads.Assembly;
import io.vertebra.heads.Detections;
import io.vertebra.heads.Detector;
import io.vertebra.images.Box;
import io.vertebra.tasks.Forward;
import io.vertebra.tasks.Prediction;
import io.vertebra.tasks.Problem;
import io.vertebra.tasks.Scores;
import io.vertebra.tasks.Setting;
import io.vertebra.tasks.config.EvaluateConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Detection by one head: its detector makes boxes of the outputs, how it learns depends on the detector's kind. */
public final class DetectionProblem implements Problem {
    private final Setting setting;
    private final Detector detector;
    private final Learning learning;

    /** The problem of the setting's head. */
    public DetectionProblem(Setting setting) {
        this.setting = setting;
        this.detector = setting.model().detector(setting.key());
        this.learning = Learning.of(setting, detector);
    }

    @Override
    public List<String> metrics() {
        return setting.evaluate().protocol() == EvaluateConfig.Protocol.COCO
                ? DetectionScores.COCO_METRICS
                : DetectionScores.VOC_METRICS;
    }

    @Override
    public boolean isHigherBetter(String metric) {
        return true;
    }

    @Override
    public List<String> outputs() {
        return detector.outputs().stream().map(setting::in).toList();
    }

    @Override
    public TargetEncoder targets() {
        return learning.targets();
    }

    @Override
    public Node loss(Assembly assembly) {
        return learning.loss(assembly);
    }

    @Override
    public Map<String, Tensor> inputs(Batch batch) {
        Map<String, Tensor> inputs = new LinkedHashMap<>(Problem.super.inputs(batch));
        inputs.putAll(learning.inputs(batch));
        return inputs;
    }

    @Override
    public Scores scores(Dataset data) {
        return new DetectionScores(setting.own(), data, setting.evaluate().protocol(), this::found);
    }

    @Override
    public List<Prediction> predict(Batch batch, Forward network, int top) {
        double least = setting.evaluate().showScore();
        return found(batch, network).stream()
                .<Prediction>map(all -> new DetectionPrediction(
                        all.stream().filter(f -> f.score() >= least).toList(), setting.own()))
                .toList();
    }

    /** What was found in the valid rows, best first, in the coordinates of the photos. */
    private List<List<Found>> found(Batch batch, Forward network) {
        Outputs outputs = network.run(inputs(batch));
        Map<String, Tensor.Floats> read = new LinkedHashMap<>();
        detector.outputs().forEach(name -> read.put(name, Problem.numbers(outputs, setting.in(name))));
        Size pictures = new Size(batch.height(), batch.width());
        List<List<Found>> all = new ArrayList<>();
        for (int row = 0; row < batch.valid(); row++) {
            io.vertebra.images.Size own = batch.pictureSize(row);
            Detections detections = detector.decode(read::get, row, pictures, new Size(own.height(), own.width()));
            all.add(original(detections, batch.placement(row)));
        }
        return all;
    }

    private static List<Found> original(Detections detections, Placement placement) {
        List<Found> found = new ArrayList<>();
        for (int i = 0; i < detections.count(); i++) {
            float[] b = detections.boxes();
            Box box = placement.toOriginal(new Box(b[4 * i], b[4 * i + 1], b[4 * i + 2], b[4 * i + 3]));
            if (box.area() > 0) {
                found.add(new Found(detections.classes()[i] - 1, detections.scores()[i], box));
            }
        }
        return found;
    }
}
