package io.vertebra.app.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A small language of sections for the tests of this package; it has one of each thing that a recipe can have. */
final class Samples {
    private Samples() {}

    enum Mode {
        FAST,
        EXACT
    }

    sealed interface Rule permits Sgd, Adam {}

    record Sgd(Double learningRate, Double momentum) implements Rule {
        Sgd {
            Objects.requireNonNull(learningRate, "learningRate");
            require(learningRate > 0, "learning_rate must be above 0, is " + learningRate);
            momentum = momentum == null ? 0.0 : momentum;
            require(momentum >= 0 && momentum < 1, "momentum: must lie in [0, 1), is " + momentum);
        }
    }

    record Adam(Double learningRate, List<Double> betas) implements Rule {
        Adam {
            learningRate = learningRate == null ? 0.001 : learningRate;
            betas = betas == null ? List.of(0.9, 0.999) : betas;
            for (int i = 0; i < betas.size(); i++) {
                require(betas.get(i) < 1, "betas[" + i + "] must be below 1, is " + betas.get(i));
            }
        }
    }

    interface Scaling {}

    enum Automatic implements Scaling {
        WEIGHTS
    }

    record Fixed(List<Double> mean) implements Scaling {
        Fixed {
            Objects.requireNonNull(mean, "mean");
        }
    }

    record FileSource(Path path) {}

    record WebSource(String address) {
        WebSource {
            Objects.requireNonNull(address, "address");
        }
    }

    record Cuts(List<Rule> cuts) {
        Cuts {
            cuts = cuts == null ? List.of() : cuts;
        }
    }

    /** Not a config record: made from what its section picked. */
    record Source(String format, Record config, Cuts cuts) {}

    record Range(Integer low, Integer high) {
        Range {
            low = low == null ? 0 : low;
            high = high == null ? 10 : high;
            require(low <= high, "the range is empty");
        }
    }

    record Plan(
            String title,
            Integer rounds,
            Long seed,
            Boolean loud,
            Mode mode,
            Path folder,
            List<Integer> size,
            Map<String, Double> weights,
            Range range,
            Rule rule,
            List<Rule> more,
            Scaling scaling,
            Source source) {
        Plan {
            Objects.requireNonNull(title, "title");
            rounds = rounds == null ? 3 : rounds;
            require(rounds >= 1, "rounds must be at least 1, is " + rounds);
            mode = mode == null ? Mode.EXACT : mode;
            size = size == null ? List.of(224) : size;
            range = range == null ? new Range(null, null) : range;
            rule = rule == null ? new Adam(null, null) : rule;
        }
    }

    /** Its constructor has a bug. */
    record Broken(Integer a) {
        Broken {
            a = List.<Integer>of().get(0);
        }
    }

    static final Vocabulary VOCABULARY = new Vocabulary()
            .choice(
                    Rule.class,
                    new Vocabulary.Choice<>(
                            "rule",
                            "name",
                            Map.of("sgd", Sgd.class, "adam", Adam.class),
                            null,
                            named -> (Rule) named.config(),
                            rule -> new Vocabulary.Named(rule instanceof Sgd ? "sgd" : "adam", (Record) rule)))
            .choice(
                    Source.class,
                    new Vocabulary.Choice<>(
                            "source",
                            "format",
                            Map.of("file", FileSource.class, "web", WebSource.class),
                            Cuts.class,
                            named -> new Source(named.name(), named.config(), (Cuts) named.common()),
                            source -> new Vocabulary.Named(source.format(), source.config(), source.cuts())))
            .words(Scaling.class, new Vocabulary.Words<Scaling>(Map.of("weights", Automatic.WEIGHTS), Fixed.class));

    static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }

    static ConfigNode.Mapping tree(String yaml) {
        return (ConfigNode.Mapping) YamlReader.text(yaml, "plan.yaml");
    }

    static Binding<Plan> bind(String yaml) {
        return new RecordBinder(VOCABULARY).bind(tree(yaml), Plan.class);
    }
}
