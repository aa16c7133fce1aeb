package io.vertebra.app.recipe;

import io.vertebra.backbones.weights.SchemeInfo;
import io.vertebra.backbones.weights.Schemes;
import io.vertebra.backbones.weights.WeightFile;
import io.vertebra.graph.Conventions;
import io.vertebra.heads.HeadPart;
import io.vertebra.heads.Model;
import io.vertebra.heads.Models;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Puts the section {@code model} together with the header of its weight file. */
public final class ModelOpener {
    private final WeightsLocator locator;
    private final Models models;

    /** Takes the class counts of published models from here. */
    @Inject
    public ModelOpener(WeightsLocator locator, Models models) {
        this.locator = locator;
        this.models = models;
    }

    /**
     * The model for numbers of outputs.
     *
     * @param outputs by the key of the head; those that are left out are as the weights have, else as the model was published
     * @throws IllegalArgumentException if a part does not fit another; the reason begins with the key
     * @throws io.vertebra.backbones.weights.WeightsException if the file cannot be understood
     */
    public OpenedModel open(ModelSection section, Map<String, Integer> outputs) {
        return open(section, header(section), outputs);
    }

    /** The same with a header that was read before. */
    public OpenedModel open(ModelSection section, Optional<OpenedModel.Weights> weights, Map<String, Integer> outputs) {
        Conventions conventions = weights.map(w -> w.info().conventions()).orElse(Conventions.DEFAULT);
        Map<String, HeadPart> parts =
                section.parts(key -> outputs.containsKey(key) ? outputs.get(key) : usual(section, weights));
        return new OpenedModel(
                new Model(section.backbone(), parts, section.conventions().over(conventions)), weights);
    }

    private int usual(ModelSection section, Optional<OpenedModel.Weights> weights) {
        return weights.flatMap(w -> w.info().outputs().stream().boxed().findFirst())
                .orElseGet(() -> models.get(section.backbone().name()).classes());
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
            return new OpenedModel.Weights(path, info, WeightFacts.labels(file.file(), file.metadata()));
        }
    }
}
