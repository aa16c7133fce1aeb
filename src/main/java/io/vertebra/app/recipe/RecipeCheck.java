package io.vertebra.app.recipe;

import io.vertebra.app.Engines;
import io.vertebra.app.config.Binding;
import io.vertebra.app.config.EditDistance;
import io.vertebra.backbones.weights.WeightsException;
import io.vertebra.datasets.Target;
import io.vertebra.graph.Analysis;
import io.vertebra.graph.Graph;
import io.vertebra.graph.op.Input;
import io.vertebra.graph.op.Shape;
import io.vertebra.heads.Assembly;
import io.vertebra.heads.Model;
import io.vertebra.heads.Stages;
import io.vertebra.images.Size;
import io.vertebra.tasks.Labels;
import io.vertebra.tasks.Problem;
import io.vertebra.tasks.Setting;
import io.vertebra.tasks.Task;
import io.vertebra.tasks.config.EvaluateConfig;
import io.vertebra.tasks.config.LossConfig;
import io.vertebra.tasks.config.TrainConfig;
import io.vertebra.tasks.training.TrainingGraphs;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Looks, before a run, for what is wrong between sections and with the files that they name; every finding is a fault of the binding. */
public final class RecipeCheck {
    private final DataOpener opener;
    private final ModelOpener models;
    private final Map<String, Task> tasks;

    /** Checks with these openers. */
    @Inject
    public RecipeCheck(DataOpener opener, ModelOpener models, Map<String, Task> tasks) {
        this.opener = opener;
        this.models = models;
        this.tasks = tasks;
    }

    /** Checks the sections that are sound in themselves. */
    public void check(Binding<Recipe> binding) {
        Optional<ModelSection> model = binding.at("model", ModelSection.class);
        Optional<Recipe.TaskName> task = binding.at("task", Recipe.TaskName.class);
        model.ifPresent(m -> task.ifPresent(t -> checkTask(m, t, binding)));
        long seed = binding.at("seed", Long.class).orElse(1L);
        Optional<OpenedData> data = binding.at("data", DataSection.class).map(d -> opener.open(binding, d, seed));
        data.flatMap(OpenedData::train).ifPresent(train -> checkBatch(train, binding));
        Optional<Map<String, Labels>> labels = model.flatMap(
                        m -> data.flatMap(OpenedData::any).map(d -> new HeadLabels(tasks).of(m, d)))
                .filter(found -> found.values().stream().allMatch(l -> l.count() > 0));
        Optional<OpenedModel> opened = model.flatMap(m -> open(m, labels.orElse(Map.of()), binding));
        opened.ifPresent(m -> checkStages(m, binding));
        model.ifPresent(m -> binding.at("train", TrainConfig.class)
                .ifPresent(t -> LossCheck.check(m, t.loss().terms(), tasks, binding)));
        if (opened.isPresent()
                && labels.isPresent()
                && task.filter(t -> t.name().equals(model.get().task())).isPresent()) {
            boolean isSoft = data.get()
                    .train()
                    .filter(p -> p.pipeline().hasBatchTransforms())
                    .isPresent();
            problem(tasks.get(task.get().name()), opened.get(), labels.get(), isSoft, binding)
                    .ifPresent(p -> checkMemory(opened.get(), p, data.get(), binding));
        }
    }

    /** Training leaves the last incomplete batch out, which would be all. */
    private static void checkBatch(OpenedData.Part train, Binding<Recipe> binding) {
        int batch = binding.at("train", TrainConfig.class)
                .orElseGet(TrainConfig::defaults)
                .batchSize();
        int pictures = train.data().size();
        if (batch > pictures) {
            binding.fault(
                    "train.batch_size", "must be at most " + pictures + ", the pictures to train on, is " + batch);
        }
    }

    private static void checkTask(ModelSection model, Recipe.TaskName task, Binding<Recipe> binding) {
        if (!model.task().equals(task.name())) {
            String section = model.heads() == null ? "model.head" : "model.heads";
            binding.fault(section, model.headName() + " does " + model.task() + ", not " + task.name());
        }
    }

    /** The problem, unless it has a loss or metric that the task does not have. */
    private static Optional<Problem> problem(
            Task task, OpenedModel model, Map<String, Labels> labels, boolean isSoft, Binding<Recipe> binding) {
        LossConfig loss =
                binding.at("train", TrainConfig.class).map(TrainConfig::loss).orElseGet(LossConfig::defaults);
        EvaluateConfig evaluate = binding.at("evaluate", EvaluateConfig.class).orElseGet(EvaluateConfig::defaults);
        Problem problem;
        try {
            problem = task.open(new Setting(model.model(), "", labels, loss, evaluate, isSoft));
            TrainingGraphs.of(model.model(), problem);
        } catch (IllegalArgumentException e) {
            Keys.fault(binding, "train.loss", e.getMessage());
            return Optional.empty();
        }
        String best = evaluate.best();
        if (!best.isEmpty() && !problem.metrics().contains(best)) {
            binding.fault(
                    "evaluate.best",
                    "unknown metric " + best + " of " + task.name() + " " + hint(best, problem.metrics()));
        }
        return Optional.of(problem);
    }

    /** The nearest, or the same of the head that has it. */
    private static String hint(String metric, List<String> known) {
        return known.stream()
                .filter(name -> name.endsWith("." + metric))
                .findFirst()
                .map(name -> "(nearest: " + name + ")")
                .orElseGet(() -> EditDistance.hint(metric, known));
    }

    private static void checkStages(OpenedModel model, Binding<Recipe> binding) {
        int frozen = binding.at("train", TrainConfig.class)
                .map(t -> t.freeze().stages())
                .orElse(0);
        int stages = Stages.of(model.model()).count();
        if (frozen > stages) {
            binding.fault(
                    "train.freeze.stages", "must be at most " + stages + ", the levels of the backbone, is " + frozen);
        }
    }

    private Optional<OpenedModel> open(ModelSection section, Map<String, Labels> labels, Binding<Recipe> binding) {
        try {
            OpenedModel model = models.open(section, new HeadLabels(tasks).outputs(section, labels));
            model.model().inference();
            return Optional.of(model);
        } catch (WeightsException e) {
            binding.fault("model.weights", e.getMessage());
        } catch (IllegalArgumentException e) {
            complain(section, e.getMessage(), binding);
        }
        return Optional.empty();
    }

    private static void complain(ModelSection section, String complaint, Binding<Recipe> binding) {
        Optional<String> head = section.byKey().entrySet().stream()
                .filter(e -> complaint.startsWith(e.getValue().name() + ": "))
                .map(e -> e.getKey().isEmpty() ? "model.head" : "model.heads." + e.getKey())
                .findFirst();
        if (head.isPresent()) {
            binding.fault(head.get(), complaint);
        } else {
            Keys.fault(binding, place(section, complaint), complaint);
        }
    }

    /** The section that a complaint's key belongs to. */
    private static String place(ModelSection section, String complaint) {
        String key = complaint.substring(0, Math.max(0, complaint.indexOf(':')));
        return switch (key) {
            case "weights", "heads", "neck" -> "model";
            case "sizes" -> section.heads() == null ? "model.head.anchors" : "model.heads";
            case "level" -> section.auxiliary() == null ? "model.neck" : "model.auxiliary";
            case "levels" -> "model.neck";
            default -> "model.backbone";
        };
    }

    /** A batch that cannot fit into this machine's memory is refused before an hour of decoding. */
    private static void checkMemory(OpenedModel model, Problem problem, OpenedData data, Binding<Recipe> binding) {
        Optional<TrainConfig> train = binding.at("train", TrainConfig.class);
        Optional<Size> size =
                data.train().flatMap(p -> p.pipeline().size(p.data().imageSize()));
        if (train.isEmpty() || size.isEmpty()) {
            return;
        }
        int bytes = binding.at("precision", Recipe.PrecisionName.class)
                .map(Recipe.PrecisionName::leastBytes)
                .orElse(Float.BYTES);
        Shape image = Shape.of(
                train.get().batchSize(),
                model.model().backbone().config().inChannels(),
                size.get().height(),
                size.get().width());
        long needed = needed(model.model(), problem, image, size.get(), bytes) >> 20;
        long there = Engines.usableMib();
        if (there > 0 && needed > there) {
            binding.fault(
                    "train.batch_size",
                    "needs about " + needed + " MiB, this machine has " + there
                            + " MiB for arrays; use a smaller batch with accumulate");
        }
    }

    /** Without losses: engines do not keep logits of the picture's size. Targets are of 4 bytes, and as many batches as are made ahead. */
    private static long needed(Model model, Problem problem, Shape image, Size picture, int elementBytes) {
        Assembly assembly = model.assembleForTraining();
        assembly.outputs().forEach(assembly.builder()::output);
        Graph graph = assembly.builder().build();
        Map<String, Shape> shapes = new HashMap<>();
        graph.inputs().forEach(node -> shapes.put(node.name(), node.shape().with(0, image.n())));
        shapes.put(Input.PICTURES, image);
        long pictures = image.elements();
        for (Target target : problem.targets().targets(picture)) {
            List<Integer> extents = new ArrayList<>(target.extents());
            extents.add(0, image.n());
            Shape shape = new Shape(extents);
            pictures += shape.elements();
            shapes.replace(target.name(), shape);
        }
        long batches = DataSection.PREFETCH + 1;
        return Analysis.of(graph, shapes).trainingBytes(elementBytes) + batches * pictures * Float.BYTES;
    }
}
