package io.vertebra.tasks.runs;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.graph.engine.TrainingState;
import io.vertebra.tasks.MemoryFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The power goes after every single change that a save makes on the disk; what is left must be a state that was saved. */
class PowerLossTest {
    @TempDir(factory = MemoryFolders.class)
    private Path temp;

    /** What three saves, a choice of the best and a tidying do, and how many changes had been made after each. */
    private record Recording(List<RecordingFiles.Change> changes, List<Integer> marks) {}

    private Recording record() throws IOException {
        RecordingFiles files = new RecordingFiles(Files.createDirectory(temp.resolve("recorded")));
        List<Integer> marks = new ArrayList<>();
        Checkpoints checkpoints = new Checkpoints(files.folder(), line -> {});
        marks.add(files.changes().size());
        for (int step = 1; step <= 3; step++) {
            checkpoints.save(CheckpointsTest.tensors(step), CheckpointsTest.state(step));
            marks.add(files.changes().size());
        }
        checkpoints.setBest(3);
        checkpoints.keepOnly(List.of());
        return new Recording(files.changes(), marks);
    }

    @Test
    void aSaveIsManyChanges() throws IOException {
        Recording recording = record();
        int save = recording.marks().get(3) - recording.marks().get(2);
        // 5 files and a pointer: create, write, sync, rename, sync of the folder; a folder: make, sync, rename, sync
        assertThat(save).isGreaterThanOrEqualTo(6 * 5 + 4);
        assertThat(recording.changes().get(recording.changes().size() - 1))
                .isInstanceOf(RecordingFiles.Change.Delete.class);
    }

    @ParameterizedTest
    @EnumSource
    void whateverIsLeftIsAStateThatWasSaved(SimulatedDisk.Loss loss) throws IOException {
        Recording recording = record();
        SimulatedDisk disk = new SimulatedDisk();
        for (int done = 0; done <= recording.changes().size(); done++) {
            if (done > 0) {
                disk.apply(recording.changes().get(done - 1));
            }
            Path left = temp.resolve(loss + "-" + done);
            disk.survive(loss, left);
            long least = 0; // the newest save that had returned
            for (int save = 1; save <= 3; save++) {
                least = done >= recording.marks().get(save) ? save : least;
            }
            check(
                    left,
                    least,
                    done % 20 == 0,
                    "after change " + done + " of " + recording.changes().size());
        }
    }

    private static void check(Path left, long least, boolean goesOn, String when) {
        Checkpoints checkpoints = new Checkpoints(left, line -> {});
        Optional<RunState> newest = checkpoints.newest();
        long step = newest.map(RunState::step).orElse(0L);
        assertThat(step).as(when).isBetween(least, least + 1);
        if (step > 0) {
            assertThat(newest).contains(CheckpointsTest.state(step));
            TrainingState loaded = CheckpointsTest.tensors(-1);
            checkpoints.load(step, loaded);
            CheckpointsTest.assertEqual(loaded, CheckpointsTest.tensors((float) step));
        }
        assertThat(left.resolve("checkpoints/last"))
                .satisfiesAnyOf(
                        pointer -> assertThat(pointer).doesNotExist(),
                        pointer -> assertThat(Files.readString(pointer)).matches("[123]\n"));
        if (goesOn) {
            checkpoints.save(CheckpointsTest.tensors(9), CheckpointsTest.state(9));
            assertThat(checkpoints.newest()).as(when).contains(CheckpointsTest.state(9));
        }
    }
}
