package io.vertebra.backbones.zoo;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How far a download is.
 *
 * @param weights what is downloaded
 * @param received bytes of the file that are here, those of earlier tries too
 * @param total bytes of the file; empty: the server does not tell
 * @param bytesPerSecond of this try; 0 at its beginning
 */
public record DownloadProgress(Zoo.Weights weights, long received, OptionalLong total, double bytesPerSecond) {
    private static final double MIB = 1 << 20;

    /** How long the rest takes at the speed so far. */
    public Optional<Duration> remaining() {
        if (total.isEmpty() || bytesPerSecond <= 0) {
            return Optional.empty();
        }
        return Optional.of(Duration.ofMillis(Math.round(1000 * (total.getAsLong() - received) / bytesPerSecond)));
    }

    /** Whether all of it is here. */
    public boolean isComplete() {
        return total.isPresent() && received == total.getAsLong();
    }

    /** One line for people. */
    public String line() {
        String size = total.isPresent()
                ? String.format(Locale.ROOT, "%.1f of %.1f MiB", received / MIB, total.getAsLong() / MIB)
                : String.format(Locale.ROOT, "%.1f MiB", received / MIB);
        String speed = bytesPerSecond > 0 ? String.format(Locale.ROOT, ", %.1f MiB/s", bytesPerSecond / MIB) : "";
        String rest = isComplete()
                ? ""
                : remaining().map(d -> ", " + d.toSeconds() + " s left").orElse("");
        return weights.file() + ": " + size + speed + rest;
    }
}
