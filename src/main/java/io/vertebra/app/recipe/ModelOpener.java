package io.vertebra.app.recipe;

import io.vertebra.backbones.weights.Preprocessing;
import io.vertebra.backbones.weights.SchemeInfo;
import io.vertebra.backbones.weights.Schemes;
import io.vertebra.backbones.weights.WeightFile;
import io.vertebra.backbones.zoo.WeightStore;
import io.vertebra.backbones.zoo.Zoo;
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
    private final WeightStore store;
    private final Zoo zoo;
    private final Models models;

    /** Takes weights by tag from a store, what is published of them from a zoo, and class counts from models. */
    @Inject
    public ModelOpener(WeightStore store, Zoo zoo, Models models) {
        this.store = store;
        this.zoo = zoo;
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
                new Model(
                        section.backbone(),
                        Optional.ofNullable(section.neck()),
                        parts,
                        section.conventions().over(conventions)),
                weights);
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
        Path path = store.resolve(backbone, weights);
        try (WeightFile file = WeightFile.open(path)) {
            SchemeInfo info = Schemes.builtIn().recognise(file).forModel(backbone);
            info = published(path, backbone, weights)
                    .map(info::withPreprocessing)
                    .orElse(info);
            return new OpenedModel.Weights(path, info, WeightFacts.labels(file.file(), file.metadata()));
        }
    }

    /** The preparation of pictures for the published set that a file is, told by tag or name. */
    private Optional<Preprocessing> published(Path path, String backbone, String tag) {
        return zoo.weights(backbone, tag)
                .or(() -> zoo.entry(backbone).stream()
                        .flatMap(e -> e.weights().stream())
                        .filter(w -> path.endsWith(w.file()))
                        .findFirst())
                .map(Zoo.Weights::preprocessing);
    }
}
