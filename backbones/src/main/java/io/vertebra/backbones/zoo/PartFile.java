package io.vertebra.backbones.zoo;

import io.vertebra.backbones.weights.DurableFiles;
import io.vertebra.backbones.weights.Sha256;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/** What has arrived of a file, in {@code NAME.part}, and of which file on the server, in {@code NAME.part.origin}. */
final class PartFile {
    private static final int LONGEST_ORIGIN = 4096;

    private final Path target;
    private final Path bytes;
    private final Path origin;

    PartFile(Path target) {
        this.target = target;
        this.bytes = target.resolveSibling(target.getFileName() + ".part");
        this.origin = target.resolveSibling(target.getFileName() + ".part.origin");
    }

    /**
     * Which file the bytes are of.
     *
     * @param url its address in the zoo
     * @param total its bytes
     * @param validator what tells it from later files of that address: a strong ETag or a date
     */
    record Origin(String url, long total, String validator) {}

    /** Bytes that have arrived. */
    long size() throws IOException {
        return Files.exists(bytes) ? Files.size(bytes) : 0;
    }

    /** Which file the bytes are of; empty if that is not known, so that they cannot be gone on from. */
    Optional<Origin> origin() throws IOException {
        if (!Files.exists(bytes) || !Files.exists(origin) || Files.size(origin) > LONGEST_ORIGIN) {
            return Optional.empty();
        }
        List<String> lines = new String(Files.readAllBytes(origin), StandardCharsets.ISO_8859_1)
                .lines()
                .toList();
        if (lines.size() != 3 || !lines.get(1).matches("\\d{1,18}")) {
            return Optional.empty();
        }
        return Optional.of(new Origin(lines.get(0), Long.parseLong(lines.get(1)), lines.get(2)));
    }

    /** Begins anew; without an origin what arrives cannot be gone on from. */
    void restart(Optional<Origin> from) throws IOException {
        discard();
        if (from.isPresent()) {
            Origin o = from.get();
            String text = o.url() + "\n" + o.total() + "\n" + o.validator() + "\n";
            Files.write(origin, text.getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    /** A channel that adds to the bytes. */
    FileChannel append() throws IOException {
        return FileChannel.open(bytes, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** SHA-256 of the bytes, in hexadecimal digits. */
    String sha256() throws IOException {
        return Sha256.of(bytes);
    }

    /** Gives the bytes the name of the target, durably. */
    void publish() throws IOException {
        try (FileChannel channel = append()) {
            channel.force(true);
        }
        Files.move(bytes, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        DurableFiles.syncDirectory(target.toAbsolutePath().getParent());
        Files.deleteIfExists(origin);
    }

    /** Forgets what has arrived. */
    void discard() throws IOException {
        Files.deleteIfExists(origin);
        Files.deleteIfExists(bytes);
    }
}
