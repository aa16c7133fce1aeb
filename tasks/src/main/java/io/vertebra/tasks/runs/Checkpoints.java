package io.vertebra.tasks.runs;

import io.vertebra.backbones.weights.DurableFiles;
import io.vertebra.graph.engine.TrainingState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The checkpoints of a run: a folder {@code checkpoints/<step>} each, which is there whole or not at all.
 *
 * <p>Order of a save: files in {@code .tmp-<id>}, each synced; manifest; sync of the folder; rename; sync of {@code checkpoints};
 * {@code last}. So the newest numbered folder whose manifest holds is the one to go on from, whenever the power went.
 */
public final class Checkpoints {
    /** Generations that are kept whatever else is. */
    private static final int GENERATIONS = 2;

    private static final String FOLDER = "checkpoints";
    private static final String MODEL = "model.safetensors";
    private static final String EMA = "ema.safetensors";
    private static final String OPTIMIZER = "optimizer.safetensors";
    private static final String STATE = "state.json";

    private final Path root;
    private final Consumer<String> warnings;

    /**
     * Those of a run folder.
     *
     * @param warnings takes a line for each checkpoint that is passed over
     */
    public Checkpoints(Path run, Consumer<String> warnings) {
        this.root = run.resolve(FOLDER);
        this.warnings = warnings;
        try {
            Files.createDirectories(root);
            DurableFiles.syncDirectory(run); // or the folder itself might be gone after a loss of power
            removeUnfinished();
        } catch (IOException e) {
            throw new UncheckedIOException(root + ": cannot be made: " + e.getMessage(), e);
        }
    }

    private void removeUnfinished() throws IOException {
        try (Stream<Path> files = Files.list(root)) {
            for (Path file : files.toList()) {
                if (file.getFileName().toString().startsWith(DurableFiles.UNFINISHED)) {
                    delete(file);
                }
            }
        }
    }

    /** The steps that have a folder, sound or not, the newest first. */
    public static List<Long> steps(Path run) {
        try (Stream<Path> files = Files.list(run.resolve(FOLDER))) {
            return files.map(f -> f.getFileName().toString())
                    .filter(name -> name.matches("[0-9]{1,18}"))
                    .map(Long::valueOf)
                    .sorted(Comparator.reverseOrder())
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(run + ": cannot be listed: " + e.getMessage(), e);
        }
    }

    /** Where a step's checkpoint lies. */
    public Path folder(long step) {
        return root.resolve(Long.toString(step));
    }

    /** Writes a checkpoint durably and names it in {@code last}. One that is there under the same step is replaced. */
    public void save(TrainingState tensors, RunState state) {
        Path target = folder(state.step());
        Path unfinished = DurableFiles.unfinished(target);
        try {
            Files.createDirectory(unfinished);
            try {
                Tensors.writer(tensors.parameters(), state.batches()).write(unfinished.resolve(MODEL));
                tensors.ema()
                        .ifPresent(ema -> Tensors.writer(ema, state.batches()).write(unfinished.resolve(EMA)));
                Tensors.slots(tensors).write(unfinished.resolve(OPTIMIZER));
                DurableFiles.write(unfinished.resolve(STATE), Json.pretty(state));
                Manifest.write(unfinished);
                delete(target); // only a damaged one can be there: a run goes on from the newest that is sound
                DurableFiles.publish(unfinished, target);
            } catch (RuntimeException | IOException e) {
                delete(unfinished);
                throw e;
            }
            point("last", state.step());
        } catch (IOException e) {
            throw new UncheckedIOException(target + ": cannot be written: " + e.getMessage(), e);
        }
    }

    /** Names a checkpoint in {@code best}. */
    public void setBest(long step) {
        point("best", step);
    }

    private void point(String name, long step) {
        DurableFiles.write(root.resolve(name), (step + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** Deletes all but the two newest and those of some steps. */
    public void keepOnly(Collection<Long> steps) {
        List<Long> all = steps(root.getParent());
        for (long step : all.subList(Math.min(GENERATIONS, all.size()), all.size())) {
            if (!steps.contains(step)) {
                try {
                    Path condemned = DurableFiles.unfinished(folder(step));
                    Files.move(folder(step), condemned); // never a half-deleted folder under a number
                    delete(condemned);
                } catch (IOException e) {
                    throw new UncheckedIOException(folder(step) + ": cannot be deleted: " + e.getMessage(), e);
                }
            }
        }
    }

    /** The counters of the newest checkpoint that is sound; a damaged one is passed over with a warning. */
    public Optional<RunState> newest() {
        for (long step : steps(root.getParent())) {
            Optional<String> fault = Manifest.fault(folder(step));
            if (fault.isEmpty()) {
                return Optional.of(state(step));
            }
            warnings.accept(folder(step) + ": is damaged (" + fault.get() + "); going back to the one before it");
        }
        return Optional.empty();
    }

    private RunState state(long step) {
        Path file = folder(step).resolve(STATE);
        try {
            return Json.MAPPER.readValue(Files.readAllBytes(file), RunState.class);
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** Fills all tensors from a step's checkpoint; a tensor too many or too few is an error. */
    public void load(long step, TrainingState into) {
        Path folder = folder(step);
        Tensors.read(folder.resolve(MODEL), into.parameters());
        into.ema().ifPresent(ema -> Tensors.read(folder.resolve(EMA), ema));
        Tensors.readSlots(folder.resolve(OPTIMIZER), into);
    }

    private static void delete(Path path) throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        try (Stream<Path> files = Files.walk(path)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
