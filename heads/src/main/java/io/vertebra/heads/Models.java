package io.vertebra.heads;

import io.vertebra.backbones.Backbones;
import io.vertebra.backbones.Pyramid;
import io.vertebra.backbones.zoo.Zoo;
import io.vertebra.graph.Analysis;
import io.vertebra.graph.Graph;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.Shape;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The models by name, as {@code --model} takes them: every backbone with its own classifier, and the networks for
 * segmentation and detection that were published as a whole.
 */
public final class Models {
    private static final String CLASSIFIER = "classifier";
    private static final int CLASSES = 1000;
    private static final int SIDE = 224;

    private final Backbones backbones;
    private final Heads heads;
    private final Zoo zoo;

    /** Of these backbones and heads. */
    @Inject
    public Models(Backbones backbones, Heads heads, Zoo zoo) {
        this.backbones = backbones;
        this.heads = heads;
        this.zoo = zoo;
    }

    /** Those that come with Vertebra. */
    public static Models builtIn() {
        return new Models(Backbones.builtIn(), Heads.builtIn(), Zoo.builtIn());
    }

    /** A level of a pyramid. */
    public record Level(int channels, int reduction) {}

    /**
     * What can be said of a model.
     *
     * @param name of the model
     * @param kind its task
     * @param parameters elements that gradients train
     * @param macs multiply-accumulates for one picture of that size
     * @param input (channels, height, width)
     * @param pyramid levels from fine to coarse
     * @param weights tags of the published sets, the default first
     * @param top1 accuracy of the default weights in percent
     */
    public record Description(
            String name,
            String kind,
            long parameters,
            long macs,
            List<Integer> input,
            List<Level> pyramid,
            List<String> weights,
            Optional<Double> top1) {}

    /** All names: classifiers family by family, then the others whose backbone and head are there. */
    public List<String> names() {
        List<String> names = new ArrayList<>(backbones.names());
        names.addAll(CompleteModels.names(backbones, heads));
        return List.copyOf(names);
    }

    /** A model as it was published: its options, its number of classes. */
    public Model get(String name) {
        if (CompleteModels.has(name)) {
            return CompleteModels.get(name, backbones, heads);
        }
        if (!backbones.names().contains(name)) {
            throw new GraphException(name, "is no model; there are " + String.join(", ", names()));
        }
        return Model.of(
                backbones.get(name),
                heads.get(CLASSIFIER),
                zoo.entry(name).map(Zoo.Entry::classes).orElse(CLASSES));
    }

    /** The side of the pictures that a model's counts are given for. */
    public int inputSize(String name) {
        return CompleteModels.has(name)
                ? CompleteModels.side(name)
                : zoo.entry(name).map(Zoo.Entry::inputSize).orElse(SIDE);
    }

    /** What can be said of a model as it was published. */
    public Description describe(String name) {
        return describe(name, get(name));
    }

    /** What can be said of a classifier with options of one's own; the weights are those of the published one. */
    public Description describe(Model model) {
        return describe(model.backbone().name(), model);
    }

    /** What can be said of a model with options of one's own; size and weights are those of the published one. */
    public Description describe(String name, Model model) {
        int channels = model.backbone().config().inChannels();
        int side = inputSize(name);
        Assembly assembly = model.assemble();
        Pyramid pyramid = assembly.pyramid();
        Graph graph = assembly.inference();
        List<Level> levels = pyramid.levels().stream()
                .map(n -> new Level(n.channels(), n.reduction()))
                .toList();
        Optional<Zoo.Entry> published = zoo.entry(name);
        return new Description(
                name,
                model.task(),
                graph.parameterCount(),
                Analysis.of(graph, Shape.of(1, channels, side, side)).macs(),
                List.of(channels, side, side),
                levels,
                published.map(Zoo.Entry::weights).orElse(List.of()).stream()
                        .map(Zoo.Weights::tag)
                        .toList(),
                published.flatMap(Zoo.Entry::top1));
    }
}
