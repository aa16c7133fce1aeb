package io.vertebra.cuda.emulated;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A program to run.
 *
 * @param words its name and arguments
 * @param log where its output goes
 * @param made the file that it writes
 * @param kept where that file goes once it is whole
 */
record Command(List<String> words, Path log, Path made, Path kept) {

    /** Runs all, one on each processor; an error has the output of the first that failed. */
    static void all(List<Command> commands) throws IOException {
        ExecutorService pool = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
        try {
            List<Future<?>> runs = new ArrayList<>();
            for (Command command : commands) {
                runs.add(pool.submit(() -> {
                    command.run();
                    return null;
                }));
            }
            for (Future<?> run : runs) {
                run.get();
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AssertionError failure) {
                throw failure;
            }
            throw new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            pool.shutdownNow();
        }
    }

    /** Runs it; an error has its output. */
    private void run() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            if (process.waitFor() != 0) {
                throw new AssertionError(String.join(" ", words) + "\n" + Files.readString(log));
            }
            Files.move(made, kept, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            process.destroy();
        }
    }
}
