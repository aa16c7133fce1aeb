package io.vertebra.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertebra.graph.engine.Engine;
import io.vertebra.graph.engine.Session;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** The samples of one run: a table for people, JSON for the record. */
final class Report {
    private final ObjectNode json = new ObjectMapper().createObjectNode();
    private final int batch;

    Report(String network, String mode, int batch, int size, int threads) {
        this.batch = batch;
        json.put("network", network)
                .put("mode", mode)
                .put("batch", batch)
                .put("size", size)
                .put("threads", threads);
    }

    Report print(Map<String, List<Double>> times) {
        double ours = Clock.median(times.get("onednn fp32"));
        double half = Clock.median(times.get("onednn bf16"));
        times.forEach((name, samples) -> {
            double median = Clock.median(samples);
            System.out.printf(
                    Locale.ROOT,
                    "%-26s median %9.2f ms   min %9.2f ms   %8.2f images/s   / ours fp32 %6.3f   / ours bf16 %6.3f%n",
                    name,
                    median * 1e3,
                    samples.stream().mapToDouble(Double::doubleValue).min().orElse(0) * 1e3,
                    batch / median,
                    median / ours,
                    median / half);
        });
        return this;
    }

    void write(Path output, Engine engine, Clock clock, Map<String, List<Double>> times) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        json.put("command", System.getProperty("sun.java.command"));
        json.put("clock", clock.description()).put("engine", engine.version());
        json.put("java", Runtime.version().toString()).put("cpu", cpu());
        json.set("libraries", mapper.valueToTree(libraries()));
        ObjectNode seconds = json.putObject("seconds");
        times.forEach((name, samples) -> seconds.set(name, mapper.valueToTree(samples)));
        Files.writeString(output, mapper.writerWithDefaultPrettyPrinter().writeValueAsString(json));
    }

    /** Adds where the time of a contestant goes; {@code joins}: names of concatenations. */
    Report profile(String name, List<Session.Timing> rows, Set<String> joins) {
        Profile.condense(rows, joins, json.withObject("/profile").putObject(name));
        return this;
    }

    /** The jars of oneDNN and of the peers, which have versions in their names. */
    private static List<String> libraries() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .map(path -> Path.of(path).getFileName().toString())
                .filter(name -> name.matches("(dnnl|onnxruntime|pytorch-(engine|native-cpu)|deeplearning4j-nn)-\\d.*"))
                .sorted()
                .toList();
    }

    /** Model name and the flags that decide which kernels run. */
    private static String cpu() throws IOException {
        Path info = Path.of("/proc/cpuinfo");
        if (!Files.exists(info)) {
            return System.getProperty("os.arch");
        }
        List<String> lines = Files.readAllLines(info);
        String model = value(lines, "model name");
        List<String> flags = new ArrayList<>(List.of(value(lines, "flags").split(" ")));
        flags.removeIf(f -> !f.startsWith("avx") && !f.startsWith("amx") && !f.equals("fma"));
        return model + "; " + String.join(" ", flags);
    }

    private static String value(List<String> lines, String key) {
        return lines.stream()
                .filter(l -> l.startsWith(key))
                .map(l -> l.substring(l.indexOf(':') + 2))
                .findFirst()
                .orElse("?");
    }
}
