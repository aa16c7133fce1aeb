package io.vertebra.app.recipe;

import io.vertebra.app.config.Binding;
import io.vertebra.datasets.Dataset;
import io.vertebra.datasets.DatasetException;
import io.vertebra.tasks.Task;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** Looks whether data know what the heads of a model are to learn, before an hour of training without it. */
final class TruthCheck {
    /** Pictures that are asked for boxes where the format does not say whether it has some. */
    private static final int ASKED = 8;

    private final Map<String, Task> tasks;

    TruthCheck(Map<String, Task> tasks) {
        this.tasks = tasks;
    }

    /** Adds a fault for each part of the data that a head cannot learn from or be measured on. */
    void check(ModelSection model, OpenedData data, Binding<?> binding) {
        Set<String> kinds = new LinkedHashSet<>();
        model.byKey().forEach((key, head) -> {
            if (kinds.add(head.task())) {
                check(tasks.get(head.task()), data, binding);
            }
        });
        boolean isMixed = data.train()
                .filter(part -> part.pipeline().hasBatchTransforms())
                .isPresent();
        kinds.remove("classification");
        if (isMixed && !kinds.isEmpty()) {
            binding.fault(
                    "data.train.transforms",
                    "mixup and cutmix mix whole pictures and their classes, which is not for "
                            + String.join(", ", kinds));
        }
    }

    private static void check(Task task, OpenedData data, Binding<?> binding) {
        Set<String> paths = new HashSet<>(); // both parts of a split have the same
        boolean isKnown = true;
        for (OpenedData.Part part : data.parts()) {
            if (paths.add(part.path()) && !isKnown(task, part.data())) {
                binding.fault(part.path(), lack(task.name()));
                isKnown = false;
            }
        }
        if (isKnown && data.train().isPresent() && data.val().isPresent()) {
            List<String> learned = task.classNames(data.train().get().data());
            List<String> measured = task.classNames(data.val().get().data());
            if (!learned.equals(measured)) {
                binding.fault(
                        data.val().get().path(),
                        "has for " + task.name() + " the classes " + measured + ", data.train has " + learned);
            }
        }
    }

    private static boolean isKnown(Task task, Dataset data) {
        boolean hasNames = !task.classNames(data).isEmpty();
        return switch (task.name()) {
            case "classification" -> hasNames && data.isLabelled();
            case "detection" -> hasNames && hasBoxes(data);
            default -> hasNames;
        };
    }

    /** Formats of objects alone may have pictures without any; those of pictures or pixels may have objects too. */
    private static boolean hasBoxes(Dataset data) {
        try {
            return (!data.isLabelled() && data.pixelClassNames().isEmpty())
                    || IntStream.range(0, Math.min(ASKED, data.size()))
                            .anyMatch(i -> !data.annotations(i).objects().isEmpty());
        } catch (DatasetException e) {
            return true; // reading it is not what is asked here
        }
    }

    private static String lack(String task) {
        return switch (task) {
            case "classification" -> "has no class for each picture, which classification needs";
            case "segmentation" -> "has no label maps, which segmentation needs";
            case "detection" -> "has no boxes, which detection needs";
            default -> "has no classes for " + task;
        };
    }
}
