package io.vertebra.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The facts that a run's figures depend on, for {@code env.json}, log and report. */
public final class Environment {
    private static final List<String> RESPECTED =
            List.of("OMP_NUM_THREADS", "ONEDNN_MAX_CPU_ISA", "ONEDNN_VERBOSE", "CUDA_VISIBLE_DEVICES");

    private Environment() {}

    /** Of this process. */
    public static Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        Machine machine = Machine.here();
        facts.put("vertebra", Main.version());
        facts.put("git", commit(Path.of(".git")));
        facts.put("java", System.getProperty("java.vm.name") + " " + System.getProperty("java.version"));
        facts.put(
                "os",
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"));
        facts.put("cpu", machine.processor());
        facts.put("instruction_sets", String.join(" ", machine.instructionSets()));
        facts.put("cores", String.valueOf(machine.cores()));
        facts.put("memory_mib", String.valueOf(machine.memoryMib()));
        Map<String, String> environment = System.getenv();
        RESPECTED.stream().filter(environment::containsKey).forEach(name -> facts.put(name, environment.get(name)));
        return facts;
    }

    /** The commit that is checked out where the program runs, or {@code unknown}. */
    static String commit(Path git) {
        try {
            String head = Files.readString(git.resolve("HEAD")).strip();
            if (!head.startsWith("ref: ")) {
                return head;
            }
            String ref = head.substring("ref: ".length());
            Path loose = git.resolve(ref);
            return Files.exists(loose) ? Files.readString(loose).strip() : packed(git, ref);
        } catch (IOException e) {
            return "unknown";
        }
    }

    /** Where git has put many branches into one file, lines of a commit and a branch. */
    private static String packed(Path git, String ref) throws IOException {
        return Files.readAllLines(git.resolve("packed-refs")).stream()
                .filter(line -> line.endsWith(" " + ref))
                .map(line -> line.substring(0, line.indexOf(' ')))
                .findFirst()
                .orElse("unknown");
    }
}
