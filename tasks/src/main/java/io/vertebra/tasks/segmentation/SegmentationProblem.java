package io.vertebra.tasks.segmentation;

import io.vertebra.datasets.Batch;
import io.vertebra.datasets.Dataset;
import io.vertebra.datasets.Placement;
import io.vertebra.datasets.TargetEncoder;
import io.vertebra.graph.GraphBuilder;
import io.vertebra.graph.Node;
import io.vertebra.graph.op.Check;
import io.vertebra.graph.op.DataType;
import io.vertebra.graph.op.Resize;
import io.vertebra.graph.op.Shape;
import io.vertebra.heads.Assembly;
import io.vertebra.heads.Auxiliary;
import io.vertebra.heads.HeadPart;
import io.vertebra.images.LabelMap;
import io.vertebra.images.Size;
import io.vertebra.tasks.Forward;
import io.vertebra.tasks.Prediction;
import io.vertebra.tasks.Problem;
import io.vertebra.tasks.Scores;
import io.vertebra.tasks.Setting;
import io.vertebra.tasks.config.LossTerm;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Segmentation by one head: reads {@code logits} (N, K, h, w); the target is {@code labels} I32 (N, H, W), 255 is ignored.
 * Losses compare logits that are enlarged to the picture.
 */
public final class SegmentationProblem implements Problem {
    private final Setting setting;
    private final HeadPart part;
    private final SegmentationLoss loss;
    private final Segmenter segmenter;

    /** The problem of the setting's head. */
    public SegmentationProblem(Setting setting) {
        this.setting = setting;
        this.part = setting.model().part(setting.key());
        Check.that(
                part.classes() < LabelMap.IGNORE,
                "classes",
                "of pixels must be fewer than %d, are %d",
                LabelMap.IGNORE,
                part.classes());
        this.loss = new SegmentationLoss(setting.loss(), part.classes());
        this.segmenter = new Segmenter(setting.in("logits"), Enlargement.of(part.alignCorners()), setting.evaluate());
    }

    @Override
    public List<String> metrics() {
        return SegmentationScores.METRICS;
    }

    @Override
    public boolean isHigherBetter(String metric) {
        return true;
    }

    @Override
    public List<String> outputs() {
        return List.of(setting.in("logits"));
    }

    @Override
    public TargetEncoder targets() {
        return new LabelTargets(setting.in("labels"));
    }

    @Override
    public Node loss(Assembly assembly) {
        GraphBuilder g = assembly.builder();
        Node labels = g.input(setting.in("labels"), DataType.I32, Shape.of(Shape.ANY, Shape.ANY, Shape.ANY));
        List<Node> parts = new ArrayList<>();
        List<Double> weights = new ArrayList<>();
        Optional<Auxiliary> auxiliary = part.auxiliary();
        List<LossTerm> terms = loss.terms();
        for (LossTerm term : terms) {
            Node main = term(assembly, "logits", term, labels);
            if (terms.size() > 1 || auxiliary.isPresent()) {
                g.output(setting.in("loss." + term.name()), main);
            }
            parts.add(main);
            weights.add(term.weight());
            if (auxiliary.isPresent()) {
                Node side = term(assembly, "auxiliary.logits", term, labels);
                g.output(setting.in("loss.auxiliary_" + term.name()), side);
                parts.add(side);
                weights.add(term.weight() * auxiliary.get().weight());
            }
        }
        boolean isOne = parts.size() == 1 && weights.get(0) == 1;
        return isOne ? parts.get(0) : g.weightedSum(parts, weights);
    }

    private Node term(Assembly assembly, String output, LossTerm term, Node labels) {
        GraphBuilder g = assembly.builder();
        Node logits = assembly.output(setting.key(), output);
        Node full = g.resize(logits, assembly.input(), Resize.Filter.BILINEAR, part.alignCorners());
        return loss.of(term, full, labels, g);
    }

    @Override
    public Scores scores(Dataset data) {
        return new SegmentationScores(setting.own(), data, this::answers);
    }

    @Override
    public List<Prediction> predict(Batch batch, Forward network, int top) {
        return answers(batch, network).stream()
                .<Prediction>map(labels -> new SegmentationPrediction(labels, setting.own()))
                .toList();
    }

    /** The label maps of the valid rows at the size of the photos. */
    private List<LabelMap> answers(Batch batch, Forward network) {
        List<LogitRows> answers = segmenter.answer(
                Problem.given(batch),
                network,
                (row, answer) -> row < batch.valid() ? photo(answer, batch, row) : answer);
        return answers.subList(0, batch.valid()).stream().map(LogitRows::labels).toList();
    }

    /** The answer at the size of the photo, which the transforms may have resized and padded, but not cut. */
    private LogitRows photo(LogitRows rows, Batch batch, int row) {
        Placement placement = batch.placement(row);
        Size seen = batch.pictureSize(row);
        Size size = placement.original();
        int height = (int) Math.round(size.height() * placement.scaleY());
        int width = (int) Math.round(size.width() * placement.scaleX());
        boolean whole = placement.offsetX() == 0
                && placement.offsetY() == 0
                && !placement.flipped()
                && height <= seen.height()
                && width <= seen.width();
        Check.that(
                whole, "transforms", "of evaluation must keep the whole picture: resize and pad, do not cut or flip");
        return segmenter.enlargement().rows(rows.cut(height, width), size);
    }
}
