package io.vertebra.backbones.embed;

import io.vertebra.backbones.Backbone;
import io.vertebra.backbones.zoo.UserCache;
import io.vertebra.backbones.zoo.WeightStore;
import io.vertebra.backbones.zoo.Zoo;
import io.vertebra.graph.Conventions;
import io.vertebra.graph.Parameters;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.EngineException;
import io.vertebra.graph.engine.EngineProvider;
import io.vertebra.graph.engine.Options;
import io.vertebra.graph.engine.Precision;
import io.vertebra.graph.engine.Session;
import io.vertebra.graph.op.Check;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a {@link FeatureExtractor} is to be; {@link #open} makes it. For one thread.
 *
 * <p>Only the weights must be chosen. Left out, the embedding alone is computed, in fp32, on the fastest engine of the class
 * path, for photos prepared as the weights want them, and up to 8 calls that wait share a batch.
 */
public final class FeatureExtractorBuilder {
    private static final String PREFERRED = "onednn";
    private static final int SIDE = 224;
    private static final Duration LONGEST_WAIT = Duration.ofDays(1);

    private Backbone<?> backbone;
    private WeightSource weights;
    private WeightStore store;
    private final SortedSet<Integer> reductions = new TreeSet<>();
    private Pooling pooling = Pooling.FEATURES;
    private Precision precision = Precision.FP32;
    private Engine engine;
    private Preparation preparation;
    private int side;
    private int mostPictures = 8;
    private long lingerNanos;

    /** An extractor for a backbone; {@link io.vertebra.backbones.Backbones#load} finds one by name. */
    public FeatureExtractorBuilder(Backbone<?> backbone) {
        this.backbone = Objects.requireNonNull(backbone, "backbone");
    }

    /**
     * A published set by its tag, {@code imagenet1k_v1}; on opening it is downloaded once, if it is not on this machine.
     *
     * <p>It lies in {@code weights} of the folder that the environment variable {@code VERTEBRA_CACHE} names, else of
     * {@code $XDG_CACHE_HOME/vertebra}, else of {@code ~/.cache/vertebra}; with {@code VERTEBRA_OFFLINE=1} nothing is downloaded.
     * {@link #cache} and {@link #store} leave the environment alone.
     */
    public FeatureExtractorBuilder weights(String tag) {
        weights = new WeightSource.Published(
                Objects.requireNonNull(tag, "tag"), () -> store == null ? UserCache.store(System.getenv()) : store);
        return this;
    }

    /** The folder in which published sets lie, and into which they are downloaded. */
    public FeatureExtractorBuilder cache(Path folder) {
        return store(WeightStore.at(folder));
    }

    /** Where published sets come from: {@code WeightStore.at(folder).offline(true)} takes only what is there. */
    public FeatureExtractorBuilder store(WeightStore wanted) {
        store = Objects.requireNonNull(wanted, "store");
        return this;
    }

    /** Weights of a file in any format and naming scheme that Vertebra reads. */
    public FeatureExtractorBuilder weights(Path file) {
        weights = new WeightSource.OfFile(Objects.requireNonNull(file, "file"));
        return this;
    }

    /** Weights of a model that is in memory; they are copied on opening. */
    public FeatureExtractorBuilder weights(Parameters parameters) {
        return weights(parameters, Conventions.DEFAULT);
    }

    /** The same for weights that were trained by other conventions. */
    public FeatureExtractorBuilder weights(Parameters parameters, Conventions conventions) {
        weights = new WeightSource.Given(
                Objects.requireNonNull(parameters, "parameters"), Objects.requireNonNull(conventions, "conventions"));
        return this;
    }

    /** The weights before training, for trials; the same seed gives the same. */
    public FeatureExtractorBuilder randomWeights(long seed) {
        weights = new WeightSource.Initial(seed);
        return this;
    }

    /** The levels that are wanted beside the embedding, by how many times smaller than the picture they are: 8, 16, 32. */
    public FeatureExtractorBuilder outputs(int... wanted) {
        reductions.clear();
        for (int reduction : wanted) {
            reductions.add(reduction);
        }
        return this;
    }

    /** What the embedding is. */
    public FeatureExtractorBuilder pooling(Pooling wanted) {
        pooling = Objects.requireNonNull(wanted, "pooling");
        return this;
    }

    /** Options of the backbone, a record of its family: {@code new MobileNetV2.Config(0.5, ...)}. */
    public FeatureExtractorBuilder options(Record options) {
        backbone = backbone.with(options);
        return this;
    }

    /** The side of the square that the network sees, in place of the usual one; the same part of the photo is shown. */
    public FeatureExtractorBuilder size(int pixels) {
        Check.atLeast(1, "size", pixels);
        side = pixels;
        return this;
    }

    /** What is done to photos, in place of what the weights want. */
    public FeatureExtractorBuilder preparation(Preparation wanted) {
        preparation = Objects.requireNonNull(wanted, "preparation");
        return this;
    }

    /** The numbers that are computed in; bf16 is about twice as fast where the machine has it. */
    public FeatureExtractorBuilder precision(Precision wanted) {
        precision = Objects.requireNonNull(wanted, "precision");
        return this;
    }

    /** An engine, in place of the fastest on the class path. */
    public FeatureExtractorBuilder engine(Engine wanted) {
        engine = Objects.requireNonNull(wanted, "engine");
        return this;
    }

    /**
     * How calls of several threads share batches.
     *
     * @param most pictures in a batch, also of one call for many; more take more memory
     * @param wait how long a picture waits for others when the network is idle, a day at most; zero: not at all
     */
    public FeatureExtractorBuilder batching(int most, Duration wait) {
        Check.atLeast(1, "batching", most);
        Check.that(!wait.isNegative() && wait.compareTo(LONGEST_WAIT) <= 0, "batching", "cannot wait for %s", wait);
        mostPictures = most;
        lingerNanos = wait.toNanos();
        return this;
    }

    /**
     * Reads the weights and opens the network.
     *
     * @throws IllegalStateException if no weights were chosen
     * @throws IllegalArgumentException if no set of this tag was published for the backbone
     * @throws java.io.UncheckedIOException if a download fails; the next try goes on where it ended
     * @throws io.vertebra.backbones.weights.WeightsException if the weights cannot be read or are for another network
     * @throws io.vertebra.graph.op.GraphException if the backbone has no such level, or given parameters do not fit
     * @throws EngineException if no engine works here, or not in this precision
     */
    public FeatureExtractor open() {
        if (weights == null) {
            throw new IllegalStateException("weights: choose some; randomWeights(seed) will do for a trial");
        }
        SortedSet<Integer> levels = new TreeSet<>(reductions);
        Backbone<?> network = backbone;
        Pooling pooled = pooling;
        WeightSource.Loaded loaded =
                weights.load(network, conventions -> EmbeddingGraph.of(network, conventions, pooled, levels));
        Engine opener = engine == null ? fastest() : engine;
        Preparation prepared = preparation(loaded); // what can fail comes before what must be closed
        Session session = opener.open(loaded.graph(), loaded.parameters(), Options.inference(precision));
        return new FeatureExtractor(
                session, network.config().inChannels(), levels, prepared, mostPictures, lingerNanos);
    }

    /** What the weights want, else what the network's published weights want, else what is usual. */
    private Preparation preparation(WeightSource.Loaded loaded) {
        Optional<Zoo.Entry> entry = Zoo.builtIn().entry(backbone.name());
        Preparation usual = preparation != null
                ? preparation
                : loaded.preprocessing()
                        .or(() -> entry.flatMap(e -> e.weights().stream().findFirst())
                                .map(Zoo.Weights::preprocessing))
                        .map(Preparation::of)
                        .orElseGet(() -> Preparation.imageNet(
                                entry.map(Zoo.Entry::inputSize).orElse(SIDE)));
        return side == 0 ? usual : usual.withSize(side);
    }

    private static Engine fastest() {
        List<EngineProvider> providers = ServiceLoader.load(EngineProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .sorted(Comparator.comparing(p -> !p.name().equals(PREFERRED)))
                .toList();
        EngineException last = new EngineException(
                EngineException.Kind.UNAVAILABLE, "no engine is on the class path; add io.vertebra:vertebra-onednn");
        for (EngineProvider provider : providers) {
            try {
                return provider.create();
            } catch (EngineException e) {
                last = e; // the next may work here
            }
        }
        throw last;
    }
}
