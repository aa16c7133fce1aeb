package io.vertebra.app.recipe;

import io.vertebra.backbones.weights.LoadReport;
import io.vertebra.backbones.weights.SchemeInfo;
import io.vertebra.backbones.weights.WeightFile;
import io.vertebra.backbones.weights.WeightLoader;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.heads.Model;
import io.vertebra.images.Normalization;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A model whose weight file is known but not read: its header has told the conventions to build by.
 *
 * @param model what to build
 * @param weights the file, and what its names tell; empty: random weights
 */
public record OpenedModel(Model model, Optional<Weights> weights) {

    /** A weight file and what its header tells. */
    public record Weights(Path file, SchemeInfo info) {}

    /** The constants that the weights want pictures normalised by; ImageNet's where they do not tell. */
    public Normalization normalization() {
        return weights.flatMap(w -> w.info().preprocessing())
                .map(p -> new Normalization(p.mean(), p.std()))
                .orElse(Normalization.IMAGENET);
    }

    /**
     * Initial values, then those of the file.
     *
     * @param isForTraining whether a classifier for other classes is left at its initial values; else it is refused
     * @param say is told what was loaded
     */
    public Parameters parameters(Graph graph, long seed, boolean isForTraining, Consumer<String> say) {
        Parameters parameters = Parameters.initialize(graph, seed);
        if (weights.isPresent()) {
            try (WeightFile file = WeightFile.open(weights.get().file())) {
                WeightLoader loader = new WeightLoader(file, weights.get().info());
                LoadReport report = (isForTraining ? loader.replaceClassifier() : loader).load(parameters);
                say.accept(report.summary());
            }
        }
        return parameters;
    }
}
