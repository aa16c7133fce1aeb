package io.vertebra.cuda.emulated;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.cuda.device.Type;
import io.vertebra.graph.contract.Exhaustive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** NVIDIA's compiler takes all kernels, for the generations of cards that the engine is for. */
class KernelCompileTest {
    private static final String OLDEST = "75";
    private static final String USUAL = "90a";
    private static final List<String> GENERATIONS = List.of(OLDEST, "80", "86", "89", USUAL, "100", "120");

    /** The one file with two forms: with and without an instruction for bf16. */
    private static final String OF_TWO_FORMS = "common.cuh";

    /** A usual build makes the code of all for one card, and of one file, which includes that header, for the oldest card too. */
    private static List<String> generations(boolean first) {
        List<String> others = new ArrayList<>(GENERATIONS);
        others.removeAll(first ? List.of(OLDEST, USUAL) : List.of(USUAL));
        return Exhaustive.without(others, GENERATIONS);
    }

    @Test
    void only_one_file_has_a_form_for_each_card() throws IOException {
        EmulatorSources sources = new EmulatorSources();
        Map<String, String> files = new TreeMap<>(sources.headers());
        files.putAll(sources.kernels());
        files.values().removeIf(text -> !text.matches("(?s).*\\b(__CUDA_ARCH__|asm)\\b.*"));
        assertThat(files).containsOnlyKeys(OF_TWO_FORMS);
    }

    @Test
    @Tag("slow")
    void every_file_compiles_for_every_type_and_card(@TempDir Path folder) throws IOException {
        Optional<Path> compiler = compiler();
        Assumptions.assumeTrue(compiler.isPresent(), "no nvcc on the path or in /usr/local/cuda*/bin");
        EmulatorSources sources = new EmulatorSources();
        for (Map.Entry<String, String> header : sources.headers().entrySet()) {
            Files.writeString(folder.resolve(header.getKey()), header.getValue());
        }
        List<Path> results = new ArrayList<>();
        List<Command> commands = new ArrayList<>();
        for (Map.Entry<String, String> file : sources.kernels().entrySet()) {
            String name = file.getKey();
            Path unit = Files.writeString(folder.resolve(name + ".cu"), bothTypes(name, file.getValue()));
            Path made = folder.resolve(name + ".made");
            Path result = folder.resolve(name + ".fatbin");
            results.add(result);
            List<String> words = new ArrayList<>(List.of(compiler.get().toString(), "-std=c++17", "-fatbin"));
            // whether it compiles, not how fast it runs
            words.addAll(List.of("-Xcicc", "-O0", "-Xptxas", "-O0"));
            for (String generation : generations(results.size() == 1)) {
                words.addAll(List.of("-gencode", "arch=compute_" + generation + ",code=sm_" + generation));
            }
            words.addAll(List.of("-I" + folder, unit.toString(), "-o", made.toString()));
            commands.add(new Command(words, folder.resolve(name + ".log"), made, result));
        }
        Command.all(commands);
        assertThat(results)
                .hasSizeGreaterThan(1)
                .allSatisfy(result -> assertThat(result).isNotEmptyFile());
    }

    private static String bothTypes(String name, String text) {
        StringBuilder code = new StringBuilder("#define KERNEL __global__ void\n");
        EmulatorSources.includes(name, text)
                .forEach(include -> code.append(include).append('\n'));
        for (Type type : EmulatorSources.TYPES) {
            code.append("namespace for_")
                    .append(type.code())
                    .append(" {\n#define T ")
                    .append(type.code());
            code.append("\n#line 1 \"")
                    .append(name)
                    .append(".cu\"\n")
                    .append(text)
                    .append("\n#undef T\n}\n");
        }
        return code.toString();
    }

    private static Optional<Path> compiler() throws IOException {
        Optional<Path> onPath = EmulatorBuild.onPath("nvcc");
        Path local = Path.of("/usr/local");
        if (onPath.isPresent() || !Files.isDirectory(local)) {
            return onPath;
        }
        try (Stream<Path> folders = Files.list(local)) {
            return folders.filter(folder -> folder.getFileName().toString().startsWith("cuda"))
                    .map(folder -> folder.resolve("bin/nvcc"))
                    .filter(Files::isExecutable)
                    .sorted()
                    .reduce((first, second) -> second);
        }
    }
}
