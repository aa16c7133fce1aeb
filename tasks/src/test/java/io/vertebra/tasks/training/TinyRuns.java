package io.vertebra.tasks.training;

import io.vertebra.backbones.weights.WeightFile;
import io.vertebra.graph.Parameters;
import io.vertebra.tasks.TinyNet;
import io.vertebra.tasks.config.EmaConfig;
import io.vertebra.tasks.config.OptimizerConfig;
import io.vertebra.tasks.config.Schedule;
import io.vertebra.tasks.config.TrainConfig;
import io.vertebra.tasks.runs.MetricsLog;
import io.vertebra.tasks.runs.RunFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Configs of {@link TinyRun}, and what its runs left behind. */
final class TinyRuns {
    private TinyRuns() {}

    static OptimizerConfig adamW() {
        return new OptimizerConfig.AdamW(0.01, null, null, null, 0.01, null);
    }

    /** 3 epochs of 2 updates, of 4 and 2 batches: accumulation, clipping, EMA, warm-up and dropout all at work. */
    static TrainConfig rich() {
        return new TrainConfig(
                4, 4, 3, null, adamW(), new Schedule.Cosine(2, 0.1, 0.01), null, 0.5, null, new EmaConfig(0.9));
    }

    static TrainConfig epochs(int epochs) {
        OptimizerConfig sgd = new OptimizerConfig.Sgd(0.1, 0.9, true, 1e-4, null);
        return new TrainConfig(4, 1, epochs, null, sgd, null, null, null, null, null);
    }

    static byte[] weights(Path run, String which) {
        return bytes(RunFolder.weights(run, which));
    }

    static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** The rows of a run's log without what depends on the clock. */
    static List<Map<String, Object>> rows(Path run) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Map<String, Object> row : MetricsLog.read(run)) {
            Map<String, Object> kept = new LinkedHashMap<>(row);
            kept.keySet().removeAll(List.of("time", "data_time", "images_per_s"));
            rows.add(kept);
        }
        return rows;
    }

    static String text(Path file) {
        return new String(bytes(file), StandardCharsets.UTF_8).strip();
    }

    static Parameters delivered(Path file) {
        Parameters parameters = Parameters.zeros(TinyNet.training());
        try (WeightFile weights = WeightFile.open(file)) {
            for (String name : parameters.names()) {
                float[] values = weights.read(name);
                System.arraycopy(values, 0, parameters.get(name), 0, values.length);
            }
        }
        return parameters;
    }
}
