package io.vertebra.tasks.runs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A disk with a cache: knows of every file and folder what was changed, and what of that is sure to survive a loss of power. */
final class SimulatedDisk {

    /** What a loss of power leaves. */
    enum Loss {
        /** Nothing is lost: the process was killed. */
        NOTHING,
        /** The last write reached the disk by half. */
        HALF_A_WRITE,
        /** Names are there, contents only as far as they were synced: journals of names only. */
        CONTENTS,
        /** Names and contents are there only as far as they were synced: all that POSIX promises. */
        EVERYTHING_NOT_SYNCED
    }

    /** A file or folder, whatever its name. */
    private static final class Inode {
        private final boolean folder;
        private List<Byte> content = new ArrayList<>();
        private List<Byte> syncedContent = new ArrayList<>();
        private final Map<String, Inode> names = new LinkedHashMap<>();
        private Map<String, Inode> syncedNames = new LinkedHashMap<>();

        private Inode(boolean folder) {
            this.folder = folder;
        }
    }

    private final Inode root = new Inode(true);
    private Inode lastWritten;
    private int lastLength;

    /** Makes one change. */
    void apply(RecordingFiles.Change change) {
        lastWritten = null;
        if (change instanceof RecordingFiles.Change.Make make) {
            put(make.folder(), new Inode(true));
        } else if (change instanceof RecordingFiles.Change.Create create) {
            put(create.file(), new Inode(false));
        } else if (change instanceof RecordingFiles.Change.Append append) {
            lastWritten = find(append.file());
            lastWritten.content.addAll(append.bytes());
            lastLength = append.bytes().size();
        } else if (change instanceof RecordingFiles.Change.Sync sync) {
            Inode inode = find(sync.path());
            inode.syncedContent = new ArrayList<>(inode.content);
            inode.syncedNames = new LinkedHashMap<>(inode.names);
        } else if (change instanceof RecordingFiles.Change.Move move) {
            put(move.to(), parent(move.from()).names.remove(last(move.from())));
        } else if (change instanceof RecordingFiles.Change.Delete delete) {
            parent(delete.path()).names.remove(last(delete.path()));
        }
    }

    private void put(Path path, Inode inode) {
        parent(path).names.put(last(path), inode);
    }

    private static String last(Path path) {
        return path.getFileName().toString();
    }

    private Inode parent(Path path) {
        return path.getParent() == null ? root : find(path.getParent());
    }

    private Inode find(Path path) {
        Inode inode = root;
        for (Path name : path) {
            inode = name.toString().isEmpty() ? inode : inode.names.get(name.toString());
        }
        return inode;
    }

    /** Writes what a loss of power leaves into a real folder. */
    void survive(Loss loss, Path target) throws IOException {
        write(root, loss, target);
    }

    private void write(Inode inode, Loss loss, Path target) throws IOException {
        if (!inode.folder) {
            List<Byte> content = loss.compareTo(Loss.CONTENTS) >= 0 ? inode.syncedContent : inode.content;
            int lost = loss == Loss.HALF_A_WRITE && inode == lastWritten ? lastLength / 2 : 0;
            byte[] bytes = new byte[content.size() - lost];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = content.get(i);
            }
            Files.write(target, bytes);
            return;
        }
        Files.createDirectories(target);
        Map<String, Inode> names = loss == Loss.EVERYTHING_NOT_SYNCED ? inode.syncedNames : inode.names;
        for (Map.Entry<String, Inode> entry : names.entrySet()) {
            write(entry.getValue(), loss, target.resolve(entry.getKey()));
        }
    }
}
