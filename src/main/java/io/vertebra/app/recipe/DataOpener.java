package io.vertebra.app.recipe;

import io.vertebra.app.config.Binding;
import io.vertebra.app.config.ConfigException;
import io.vertebra.backbones.weights.Preprocessing;
import io.vertebra.datasets.Dataset;
import io.vertebra.datasets.DatasetException;
import io.vertebra.datasets.DatasetFormat;
import io.vertebra.datasets.Datasets;
import io.vertebra.datasets.transforms.CenterCrop;
import io.vertebra.datasets.transforms.Pipeline;
import io.vertebra.datasets.transforms.Resize;
import io.vertebra.datasets.transforms.ResizeExact;
import io.vertebra.datasets.transforms.ResizeShort;
import io.vertebra.datasets.transforms.Step;
import io.vertebra.datasets.transforms.TransformFamily;
import io.vertebra.graph.op.Input;
import io.vertebra.images.Interpolation;
import io.vertebra.images.Size;
import io.vertebra.tasks.Task;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Opens what the section {@code data} names; nothing is decoded. A fault is added to the binding at the key that it belongs to. */
public final class DataOpener {
    /** The share of the resized short side that torchvision's evaluation of ImageNet networks crops: 224 of 256. */
    private static final double CROP = 0.875;

    /** The longest that a longer side may become, by the shorter one: torchvision's detectors see 800 to 1333. */
    private static final double LONGEST = 1333.0 / 800;

    private final Map<String, DatasetFormat<?>> formats;
    private final Map<String, TransformFamily<?>> transforms;
    private final TruthCheck truths;

    /** Opens by the names that the injector has. */
    @Inject
    public DataOpener(
            Map<String, DatasetFormat<?>> formats,
            Map<String, TransformFamily<?>> transforms,
            Map<String, Task> tasks) {
        this.formats = formats;
        this.transforms = transforms;
        this.truths = new TruthCheck(tasks);
    }

    /** What the section names; a part that cannot be opened, or that the model's heads cannot learn from, is a fault of the binding. */
    public OpenedData open(Binding<Recipe> binding, DataSection section, long seed) {
        Optional<OpenedData.Part> training = part("data.train", section.train(), binding);
        Optional<OpenedData.Part> validation = part("data.val", section.val(), binding);
        List<String> classes = section.classes() != null
                ? section.classes()
                : training.or(() -> validation)
                        .map(p -> OpenedData.classNames(p.data()))
                        .orElse(List.of());
        boolean isGiven = section.classes() != null;
        Optional<OpenedData.Part> train = training.flatMap(p -> withClasses(p, classes, isGiven, binding));
        Optional<OpenedData.Part> val = validation.flatMap(p -> withClasses(p, classes, isGiven, binding));
        OpenedData opened = new OpenedData(train, val, classes);
        if (section.split() != null && train.isPresent()) {
            opened = split(train.get(), section.split(), seed, classes, seesAll(binding));
        }
        if (section.bucket() == 0) {
            opened.parts().forEach(p -> checkSize(p, binding));
        }
        OpenedData known = opened;
        binding.at("model", ModelSection.class).ifPresent(m -> truths.check(m, known, binding));
        return opened;
    }

    private static OpenedData split(
            OpenedData.Part whole, double share, long seed, List<String> classes, boolean seesAll) {
        Datasets.Split split = Datasets.split(whole.data(), share, seed);
        return new OpenedData(
                Optional.of(new OpenedData.Part(whole.path(), split.training(), whole.pipeline())),
                Optional.of(new OpenedData.Part(
                        whole.path(),
                        split.validation(),
                        plain(whole.pipeline().size(whole.data().imageSize()), seesAll))),
                classes);
    }

    /** Whether nothing may be cropped away: objects and pixels are looked for in the whole picture. */
    private static boolean seesAll(Binding<Recipe> binding) {
        return binding.at("model", ModelSection.class)
                .filter(m -> !m.task().equals("classification"))
                .isPresent();
    }

    /** What is done to pictures that are not part of the data: as to those of validation, else as the weights say. */
    public Pipeline predictionPipeline(Binding<Recipe> binding, OpenedModel model) {
        DataSection data = binding.value().data();
        if (data != null && data.val() != null) {
            return pipeline("data.val", data.val(), binding).orElseThrow(() -> new ConfigException(binding.faults()));
        }
        if (data != null && data.train() != null) {
            return plain(
                    pipeline("data.train", data.train(), binding)
                            .orElseThrow(() -> new ConfigException(binding.faults()))
                            .size(Optional.empty()),
                    seesAll(binding));
        }
        Optional<Preprocessing> wanted = model.weights().flatMap(w -> w.info().preprocessing());
        if (seesAll(binding)) {
            boolean keepsShape = model.model().inference().inputs().stream()
                    .anyMatch(node -> node.name().equals(Input.SIZES));
            return wanted.map(p ->
                            keepsShape ? shortened(p.inputSize()) : squashed(new Size(p.inputSize(), p.inputSize())))
                    .orElse(Pipeline.NONE);
        }
        return wanted.map(p -> resizeAndCrop(
                        (int) Math.round(p.inputSize() / p.crop()),
                        p.inputSize(),
                        Interpolation.valueOf(p.interpolation().toUpperCase(Locale.ROOT))))
                .orElseGet(() -> resizeAndCrop(256, 224, Interpolation.BILINEAR));
    }

    private Optional<OpenedData.Part> part(String path, Source source, Binding<Recipe> binding) {
        if (source == null) {
            return Optional.empty();
        }
        try {
            Dataset data = open(formats.get(source.format()), source.config());
            return pipeline(path, source, binding).map(p -> new OpenedData.Part(path, data, p));
        } catch (DatasetException e) {
            binding.fault(path + ".path", e.getMessage());
        } catch (IllegalArgumentException e) {
            Keys.fault(binding, path, e.getMessage());
        }
        return Optional.empty();
    }

    private Optional<Pipeline> pipeline(String path, Source source, Binding<Recipe> binding) {
        List<Step> steps = new ArrayList<>();
        for (Source.Step step : source.transforms()) {
            steps.add(create(transforms.get(step.name()), step.config()));
        }
        try {
            return Optional.of(Pipeline.of(steps));
        } catch (IllegalArgumentException e) {
            Keys.fault(binding, path, e.getMessage());
            return Optional.empty();
        }
    }

    /** Evaluation's transforms for the part that {@code split} keeps back: to the size that is trained with, without chance. */
    private static Pipeline plain(Optional<Size> size, boolean seesAll) {
        if (size.isEmpty()) {
            return Pipeline.NONE;
        }
        if (seesAll) {
            return squashed(size.get());
        }
        int side = Math.min(size.get().height(), size.get().width());
        return resizeAndCrop((int) Math.round(side / CROP), side, Interpolation.BILINEAR);
    }

    /** The whole picture, whatever its shape: what stands in it is to be found. */
    private static Pipeline squashed(Size size) {
        return Pipeline.of(
                List.of(new ResizeExact(new ResizeExact.Config(List.of(size.height(), size.width()), null))));
    }

    /** The whole picture in its own shape, for networks that are told the size of each. */
    private static Pipeline shortened(int side) {
        int longest = (int) Math.round(side * LONGEST);
        return Pipeline.of(List.of(new ResizeShort(new ResizeShort.Config(List.of(side), longest, null))));
    }

    private static Pipeline resizeAndCrop(int resize, int crop, Interpolation interpolation) {
        return Pipeline.of(List.of(
                new Resize(new Resize.Config(resize, interpolation)), new CenterCrop(new CenterCrop.Config(crop))));
    }

    private static Optional<OpenedData.Part> withClasses(
            OpenedData.Part part, List<String> classes, boolean isGiven, Binding<Recipe> binding) {
        if (OpenedData.classNames(part.data()).equals(classes)) {
            return Optional.of(part);
        }
        try {
            return Optional.of(
                    new OpenedData.Part(part.path(), Datasets.withClasses(part.data(), classes), part.pipeline()));
        } catch (IllegalArgumentException e) {
            if (isGiven) {
                Keys.fault(binding, "data", e.getMessage());
            } else {
                binding.fault(
                        part.path(),
                        "has the classes " + OpenedData.classNames(part.data()) + ", data.train has " + classes);
            }
            return Optional.empty();
        }
    }

    private static void checkSize(OpenedData.Part part, Binding<Recipe> binding) {
        if (part.pipeline().size(part.data().imageSize()).isEmpty()) {
            binding.fault(
                    part.path() + ".transforms",
                    "leave pictures of different sizes, which make no batch; end with center_crop, random_crop or random_resized_crop, or set data.bucket");
        }
    }

    private static <C> Dataset open(DatasetFormat<C> format, Record config) {
        return format.open(format.config().cast(config));
    }

    private static <C> Step create(TransformFamily<C> family, Record config) {
        return family.create(family.config().cast(config));
    }
}
