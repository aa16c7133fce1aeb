package io.vertebra.app.recipe;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertebra.backbones.weights.SchemeInfo;
import io.vertebra.backbones.weights.Schemes;
import io.vertebra.backbones.weights.WeightFile;
import io.vertebra.backbones.weights.WeightsException;
import io.vertebra.graph.Conventions;
import io.vertebra.heads.Model;
import io.vertebra.heads.Models;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Puts the section {@code model} together with the header of its weight file. */
public final class ModelOpener {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final WeightsLocator locator;
    private final Models models;

    /** Takes the class counts of published models from here. */
    @Inject
    public ModelOpener(WeightsLocator locator, Models models) {
        this.locator = locator;
        this.models = models;
    }

    /**
     * The model for a number of classes.
     *
     * @param classes as the data has; empty: as the weights have, else as the model was published
     * @throws IllegalArgumentException if a part does not fit another; the reason begins with the key
     * @throws io.vertebra.backbones.weights.WeightsException if the file cannot be understood
     */
    public OpenedModel open(ModelSection section, OptionalInt classes) {
        return open(section, header(section), classes);
    }

    /** The same with a header that was read before. */
    public OpenedModel open(ModelSection section, Optional<OpenedModel.Weights> weights, OptionalInt classes) {
        OptionalInt ofWeights = weights.map(w -> w.info().outputs()).orElse(OptionalInt.empty());
        int count = classes.isPresent()
                ? classes.getAsInt()
                : ofWeights.orElseGet(
                        () -> models.get(section.backbone().name()).classes());
        Conventions conventions = weights.map(w -> w.info().conventions()).orElse(Conventions.DEFAULT);
        return new OpenedModel(
                new Model(
                        section.backbone(),
                        section.head(),
                        count,
                        section.conventions().over(conventions)),
                weights);
    }

    /** What the header of the section's weight file tells; empty without one. */
    public Optional<OpenedModel.Weights> header(ModelSection section) {
        return Optional.ofNullable(section.weights())
                .map(w -> header(w, section.backbone().name()));
    }

    private OpenedModel.Weights header(String weights, String backbone) {
        Path path = locator.locate(weights, backbone);
        try (WeightFile file = WeightFile.open(path)) {
            SchemeInfo info = Schemes.builtIn().recognise(file);
            return new OpenedModel.Weights(path, info, classes(file));
        }
    }

    private static List<String> classes(WeightFile file) {
        String classes = file.metadata().get("vertebra.classes");
        try {
            return classes == null ? List.of() : JSON.readValue(classes, new TypeReference<List<String>>() {});
        } catch (JsonProcessingException e) {
            throw new WeightsException(file.file(), "metadata", "vertebra.classes is no JSON list of names", e);
        }
    }
}
