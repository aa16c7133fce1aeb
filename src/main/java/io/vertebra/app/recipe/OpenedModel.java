package io.vertebra.app.recipe;

import io.vertebra.app.CommandException;
import io.vertebra.app.ExitCode;
import io.vertebra.backbones.weights.LoadReport;
import io.vertebra.backbones.weights.SchemeInfo;
import io.vertebra.backbones.weights.WeightFile;
import io.vertebra.backbones.weights.WeightLoader;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.heads.Model;
import io.vertebra.images.Normalization;
import io.vertebra.tasks.Labels;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A model whose weight file is known but not read: its header has told the conventions to build by.
 *
 * @param model what to build
 * @param weights the file, and what its names tell; empty: random weights
 */
public record OpenedModel(Model model, Optional<Weights> weights) {

    /**
     * A weight file and what its header tells.
     *
     * @param labels the classes of each head by key, as far as the file names them
     */
    public record Weights(Path file, SchemeInfo info, Map<String, Labels> labels) {

        /** The names of a head's classes, empty if the file has none. */
        public List<String> classes(String key) {
            return labels.containsKey(key) ? labels.get(key).names() : List.of();
        }
    }

    /** Refuses weights that were trained for other classes than the data has, where the file names them. */
    public void checkClasses(Map<String, Labels> ofData) {
        ofData.forEach((key, labels) -> checkClasses(key, labels.names()));
    }

    private void checkClasses(String key, List<String> ofData) {
        List<String> ofWeights = weights.map(w -> w.classes(key)).orElse(List.of());
        if (ofWeights.isEmpty() || ofWeights.equals(ofData)) {
            return;
        }
        int i = 0;
        while (i < Math.min(ofData.size(), ofWeights.size()) && ofData.get(i).equals(ofWeights.get(i))) {
            i++;
        }
        throw new CommandException(
                ExitCode.MODEL,
                weights.get().file() + ": is for " + ofWeights.size() + " classes, the data has " + ofData.size()
                        + "; class " + i + " is " + name(ofWeights, i) + " there and " + name(ofData, i) + " here");
    }

    private static String name(List<String> names, int i) {
        return i < names.size() ? names.get(i) : "absent";
    }

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
