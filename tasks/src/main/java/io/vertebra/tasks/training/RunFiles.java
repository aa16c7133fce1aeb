package io.vertebra.tasks.training;

import io.vertebra.backbones.weights.DurableFiles;
import io.vertebra.tasks.config.Horizon;
import io.vertebra.tasks.evaluation.Evaluation;
import io.vertebra.tasks.pictures.Drawing;
import io.vertebra.tasks.report.Charts;
import io.vertebra.tasks.report.Part;
import io.vertebra.tasks.report.Report;
import io.vertebra.tasks.report.Sheet;
import io.vertebra.tasks.runs.Json;
import io.vertebra.tasks.runs.MetricsLog;
import io.vertebra.tasks.runs.RunFolder;
import io.vertebra.tasks.runs.RunState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The files that a run has beside its weights: {@code env.json}, {@code predictions.json}, {@code plots/}, {@code report.html}. */
final class RunFiles {
    private final Training training;
    private final RunFolder folder;

    RunFiles(Training training, RunFolder folder) {
        this.training = training;
        this.folder = folder;
    }

    private Map<String, String> environment() {
        Map<String, String> environment = new LinkedHashMap<>(training.environment());
        environment.put("engine", Counters.engine(training));
        environment.put("precision", Counters.precision(training));
        return environment;
    }

    void writeEnvironment() {
        DurableFiles.write(folder.path().resolve("env.json"), Json.pretty(environment()));
    }

    /** Everything that is known at the end; the report is the last file of a run. */
    void writeResults(Outcome outcome, Optional<Evaluation> evaluation, Counters counters) {
        List<Part> parts = List.of();
        if (evaluation.isPresent()) {
            parts = evaluation.get().scores().parts();
            List<Map<String, Object>> predictions = evaluation.get().scores().predictions();
            DurableFiles.write(folder.path().resolve("predictions.json"), Json.lines(predictions));
        }
        List<Part.Picture> curves = curves(MetricsLog.read(folder.path()));
        writePlots(Stream.concat(curves.stream(), parts.stream()).toList());
        new Report(
                        "Training of " + training.metadata().backbone(),
                        subtitle(outcome),
                        figures(outcome, counters),
                        curves,
                        parts,
                        environment(),
                        training.configText())
                .write(folder.report());
    }

    private String subtitle(Outcome outcome) {
        Horizon horizon = training.horizon();
        String updates = outcome.step() < horizon.steps()
                ? outcome.step() + " of " + horizon.steps() + " updates (stopped early)"
                : outcome.step() + " updates";
        return training.metadata().task() + ", " + training.metadata().classes().size() + " classes, " + updates
                + " in " + epochs(outcome, horizon) + " epochs, " + Counters.precision(training);
    }

    private static String epochs(Outcome outcome, Horizon horizon) {
        double epochs = (double) outcome.step() / horizon.stepsPerEpoch();
        return epochs == Math.rint(epochs) ? Long.toString((long) epochs) : String.format(Locale.ROOT, "%.2f", epochs);
    }

    private Map<String, String> figures(Outcome outcome, Counters counters) {
        Map<String, String> figures = new LinkedHashMap<>();
        String metric = training.bestMetric();
        boolean higher = training.problem().isHigherBetter(metric);
        RunState.ranked(counters.evaluations, higher).stream().findFirst().ifPresent(best -> {
            figures.put("best " + metric, String.format(Locale.ROOT, "%.4f", best.value()));
            figures.put("at step", Long.toString(best.step()));
        });
        outcome.metrics()
                .forEach((name, value) -> figures.put("last " + name, String.format(Locale.ROOT, "%.4f", value)));
        figures.put("training time", duration(outcome.seconds()));
        if (outcome.seconds() > 0) {
            figures.put("images/s", String.format(Locale.ROOT, "%.1f", outcome.samples() / outcome.seconds()));
            double share = 100 * counters.dataSeconds / outcome.seconds();
            figures.put("waited for data", String.format(Locale.ROOT, "%.1f %%", share));
        }
        if (training.skipped() > 0) {
            figures.put("unreadable pictures", Long.toString(training.skipped()));
        }
        return figures;
    }

    static String duration(double seconds) {
        long whole = Math.round(seconds);
        if (whole < 60) {
            return String.format(Locale.ROOT, "%.1f s", seconds);
        }
        return whole < 3600
                ? String.format(Locale.ROOT, "%d min %02d s", whole / 60, whole % 60)
                : String.format(Locale.ROOT, "%d h %02d min", whole / 3600, whole % 3600 / 60);
    }

    private List<Part.Picture> curves(List<Map<String, Object>> rows) {
        List<String> metrics = training.problem().metrics().stream()
                .filter(name -> !name.endsWith("loss"))
                .map(name -> "val/" + name)
                .toList();
        return Stream.of(
                        Charts.of("loss", "Loss", rows, List.of("train/loss", "val/loss")),
                        Charts.of("metrics", "Metrics", rows, metrics),
                        Charts.of("learning_rate", "Learning rate", rows, List.of("lr")),
                        Charts.of("speed", "Images per second", rows, List.of("images_per_s")))
                .flatMap(Optional::stream)
                .toList();
    }

    private void writePlots(List<Part> parts) {
        Path plots = folder.path().resolve("plots");
        try {
            Files.createDirectories(plots);
        } catch (IOException e) {
            throw new UncheckedIOException(plots + ": cannot be made: " + e.getMessage(), e);
        }
        for (Part part : parts) {
            drawing(part).ifPresent(drawing -> {
                String ending = drawing.format() == Drawing.Format.PNG ? ".png" : ".jpg";
                DurableFiles.write(plots.resolve(part.key() + ending), drawing.file());
            });
        }
    }

    private static Optional<Drawing> drawing(Part part) {
        if (part instanceof Part.Gallery gallery) {
            return gallery.tiles().isEmpty() ? Optional.empty() : Optional.of(Sheet.of(gallery));
        }
        return part instanceof Part.Picture picture ? Optional.of(picture.drawing()) : Optional.empty();
    }
}
