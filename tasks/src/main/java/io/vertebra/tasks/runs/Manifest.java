package io.vertebra.tasks.runs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.vertebra.backbones.weights.DurableFiles;
import io.vertebra.backbones.weights.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** {@code manifest.json}: size and SHA-256 of every other file of a folder, written last. */
final class Manifest {
    private static final String NAME = "manifest.json";

    private Manifest() {}

    static void write(Path folder) throws IOException {
        Map<String, Object> files = new LinkedHashMap<>();
        for (Path file : list(folder)) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("size", Files.size(file));
            entry.put("sha256", Sha256.of(file));
            files.put(file.getFileName().toString(), entry);
        }
        DurableFiles.write(folder.resolve(NAME), Json.pretty(Map.of("files", files)));
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    /** What is wrong with a folder, if anything is. */
    static Optional<String> fault(Path folder) {
        try {
            JsonNode files = Json.MAPPER
                    .readTree(Files.readAllBytes(folder.resolve(NAME)))
                    .path("files");
            if (files.isEmpty()) {
                return Optional.of(NAME + " lists no files");
            }
            for (Map.Entry<String, JsonNode> entry : files.properties()) {
                Path file = folder.resolve(entry.getKey());
                if (!Files.isRegularFile(file)) {
                    return Optional.of(entry.getKey() + " is missing");
                }
                long size = entry.getValue().path("size").asLong(-1);
                if (Files.size(file) != size) {
                    return Optional.of(
                            entry.getKey() + " has " + Files.size(file) + " bytes, " + NAME + " says " + size);
                }
                if (!Sha256.of(file).equals(entry.getValue().path("sha256").asText())) {
                    return Optional.of(entry.getKey() + " has another SHA-256 than " + NAME + " says");
                }
            }
            return Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.of(NAME + " is missing");
        } catch (JsonProcessingException e) {
            return Optional.of(NAME + " is not JSON");
        } catch (IOException e) {
            throw new UncheckedIOException(folder + ": cannot be read: " + e.getMessage(), e);
        }
    }
}
