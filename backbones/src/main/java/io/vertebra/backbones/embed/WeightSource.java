package io.vertebra.backbones.embed;

import io.vertebra.backbones.Backbone;
import io.vertebra.backbones.weights.Preprocessing;
import io.vertebra.backbones.weights.SchemeInfo;
import io.vertebra.backbones.weights.Schemes;
import io.vertebra.backbones.weights.WeightFile;
import io.vertebra.backbones.weights.WeightLoader;
import io.vertebra.backbones.zoo.WeightStore;
import io.vertebra.backbones.zoo.Zoo;
import io.vertebra.graph.Conventions;
import io.vertebra.graph.Graph;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.op.GraphException;
import io.vertebra.graph.op.ParameterSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** Where the weights of an extractor come from. */
sealed interface WeightSource {

    /**
     * A network with its weights.
     *
     * @param preprocessing of pictures, where the weights tell
     */
    record Loaded(Graph graph, Parameters parameters, Optional<Preprocessing> preprocessing) {}

    /**
     * Builds the network by the conventions of the weights and fills it.
     *
     * @param network what is run, by conventions
     */
    Loaded load(Backbone<?> backbone, Function<Conventions, Graph> network);

    /** The values before training. */
    record Initial(long seed) implements WeightSource {
        @Override
        public Loaded load(Backbone<?> backbone, Function<Conventions, Graph> network) {
            Graph graph = network.apply(Conventions.DEFAULT);
            return new Loaded(graph, Parameters.initialize(graph, seed), Optional.empty());
        }
    }

    /** Values that the caller has; their names may stand below {@code backbone.}, as those of segmentation networks do. */
    record Given(Parameters parameters, Conventions conventions) implements WeightSource {
        private static final String SCOPE = "backbone.";

        @Override
        public Loaded load(Backbone<?> backbone, Function<Conventions, Graph> network) {
            Graph graph = network.apply(conventions);
            Parameters copy = Parameters.zeros(graph);
            for (ParameterSpec wanted : graph.parameters()) {
                String name =
                        parameters.names().contains(SCOPE + wanted.name()) ? SCOPE + wanted.name() : wanted.name();
                ParameterSpec given = parameters.spec(name);
                if (!given.shape().equals(wanted.shape())) {
                    throw new GraphException(
                            name,
                            "has the shape " + given.shape() + ", " + backbone.name() + " wants " + wanted.shape());
                }
                System.arraycopy(parameters.get(name), 0, copy.get(wanted.name()), 0, copy.get(wanted.name()).length);
            }
            return new Loaded(graph, copy, Optional.empty());
        }
    }

    /** A file, whose names tell its scheme; every tensor must have its place in the network as it was published. */
    record OfFile(Path path) implements WeightSource {
        private static final int CLASSES = 1000;

        @Override
        public Loaded load(Backbone<?> backbone, Function<Conventions, Graph> network) {
            try (WeightFile file = WeightFile.open(path)) {
                SchemeInfo info = Schemes.builtIn().recognise(file).forModel(backbone.name());
                Parameters all = Parameters.zeros(EmbeddingGraph.classifier(
                        backbone, info.conventions(), info.outputs().orElse(CLASSES)));
                new WeightLoader(file, info).replaceClassifier().load(all);
                Graph graph = network.apply(info.conventions());
                Parameters parameters = Parameters.zeros(graph);
                parameters.set(all);
                return new Loaded(graph, parameters, published(backbone.name()).or(info::preprocessing));
            }
        }

        /** The preparation of the published set whose file this is, told by its name. */
        private Optional<Preprocessing> published(String model) {
            return Zoo.builtIn().ofFile(path).stream()
                    .filter(p -> p.model().equals(model))
                    .map(p -> p.weights().preprocessing())
                    .findFirst();
        }
    }

    /** A published set, downloaded where it is not on this machine. */
    record Published(String tag, Supplier<WeightStore> store) implements WeightSource {
        @Override
        public Loaded load(Backbone<?> backbone, Function<Conventions, Graph> network) {
            Optional<Zoo.Entry> entry = Zoo.builtIn().entry(backbone.name());
            Zoo.Weights set = entry.flatMap(e -> e.weights(tag))
                    .orElseThrow(() -> new IllegalArgumentException("weights: " + tag + " is no published set of "
                            + backbone.name() + "; there are "
                            + entry.map(Zoo.Entry::tags).orElse(List.of())));
            Loaded loaded = new OfFile(store.get().fetch(set)).load(backbone, network);
            return new Loaded(loaded.graph(), loaded.parameters(), Optional.of(set.preprocessing()));
        }
    }
}
