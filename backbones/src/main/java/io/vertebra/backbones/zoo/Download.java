package io.vertebra.backbones.zoo;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;

/** One file brought from its address to its place, by as many tries as it takes while they get on. */
final class Download {
    private static final int FIRST_PAUSE_SECONDS = 1;
    private static final int LONGEST_PAUSE_SECONDS = 30;

    private final Zoo.Weights weights;
    private final Path target;
    private final Limits limits;
    private final Consumer<DownloadProgress> progress;

    Download(Zoo.Weights weights, Path target, Limits limits, Consumer<DownloadProgress> progress) {
        this.weights = weights;
        this.target = target;
        this.limits = limits;
        this.progress = progress;
    }

    /** Blocks until the file is there. Disk faults are thrown as they are, those of network and server name the address. */
    void run() throws IOException {
        PartFile part = new PartFile(target);
        // the client's threads are daemons, and end when it is collected
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(limits.stall())
                .build();
        long most = 0;
        int idle = 0;
        while (true) {
            try {
                new Transfer(client, weights, part, limits, progress).run();
                check(part);
                part.publish();
                return;
            } catch (TransferException e) {
                idle = part.size() > most ? 1 : idle + 1;
                most = Math.max(most, part.size());
                if (e.isFinal() || idle >= limits.attempts()) {
                    throw failure(e);
                }
                await(idle);
            }
        }
    }

    private void check(PartFile part) throws IOException, TransferException {
        String got = part.sha256();
        if (weights.sha256() != null && !got.startsWith(weights.sha256())) {
            part.discard();
            throw TransferException.passing(
                    "what arrived has the SHA-256 " + got + ", published is " + weights.sha256() + "...", null);
        }
    }

    private void await(int failures) throws InterruptedIOException {
        try {
            long seconds = Math.min(LONGEST_PAUSE_SECONDS, (long) FIRST_PAUSE_SECONDS << Math.min(failures - 1, 10));
            limits.pause().await(Duration.ofSeconds(seconds));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while downloading " + weights.url());
        }
    }

    private UncheckedIOException failure(TransferException e) {
        String reason = weights.url() + ": cannot be downloaded: " + e.getMessage()
                + "; try again, or bring the file by another way to " + target;
        return new UncheckedIOException(reason, new IOException(reason, e));
    }
}
