package io.vertebra.cuda.emulated;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A program to run.
 *
 * @param words its name and arguments
 * @param log where its output goes
 */
record Command(List<String> words, Path log) {

    /** Runs all, some at once; an error has the output of the first that failed. */
    static void all(List<Command> commands, int atOnce) throws IOException {
        List<Process> processes = new ArrayList<>();
        try {
            for (int i = 0; i < commands.size(); i++) {
                if (i >= atOnce) {
                    commands.get(i - atOnce).await(processes.get(i - atOnce));
                }
                processes.add(commands.get(i).start());
            }
            for (int i = 0; i < commands.size(); i++) {
                commands.get(i).await(processes.get(i));
            }
        } finally {
            processes.forEach(Process::destroy);
        }
    }

    private Process start() throws IOException {
        return new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    private void await(Process process) throws IOException {
        try {
            if (process.waitFor() != 0) {
                throw new AssertionError(String.join(" ", words) + "\n" + Files.readString(log));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
