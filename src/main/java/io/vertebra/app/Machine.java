package io.vertebra.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The machine that the program runs on.
 *
 * @param processor its name, or its architecture where the system does not tell
 * @param cores that this process may use
 * @param memoryMib of the machine or the container, in MiB; 0 where unknown
 * @param instructionSets those of the processor that matter for speed; empty where the system does not tell
 */
public record Machine(String processor, int cores, long memoryMib, List<String> instructionSets) {
    private static final List<String> TELLING = List.of(
            "avx",
            "avx2",
            "fma",
            "avx512f",
            "avx512bw",
            "avx512_vnni",
            "avx512_bf16",
            "avx512_fp16",
            "amx_bf16",
            "amx_tile",
            "asimd",
            "bf16",
            "sve");

    /** This machine. */
    public static Machine here() {
        List<String> lines = lines(Path.of("/proc/cpuinfo"));
        String name = value(lines, "model name").orElse(System.getProperty("os.arch"));
        List<String> flags = value(lines, "flags")
                .or(() -> value(lines, "Features"))
                .map(f -> Arrays.asList(f.split(" ", -1)))
                .orElse(List.of());
        return new Machine(
                name,
                Runtime.getRuntime().availableProcessors(),
                memory(),
                TELLING.stream().filter(flags::contains).toList());
    }

    private static long memory() {
        return java.lang.management.ManagementFactory.getOperatingSystemMXBean()
                        instanceof com.sun.management.OperatingSystemMXBean bean
                ? bean.getTotalMemorySize() >> 20
                : 0;
    }

    /** The most memory that this process has held, in MiB; 0 where the system does not tell. */
    public static long peakRssMib() {
        return value(lines(Path.of("/proc/self/status")), "VmHWM")
                .map(v -> Long.parseLong(v.replaceAll("[^0-9]", "")) >> 10)
                .orElse(0L);
    }

    private static Optional<String> value(List<String> lines, String key) {
        return lines.stream()
                .filter(l -> l.startsWith(key))
                .map(l -> l.substring(l.indexOf(':') + 1).strip())
                .findFirst();
    }

    private static List<String> lines(Path file) {
        try {
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) { // a system that hides it
            return List.of();
        }
    }
}
