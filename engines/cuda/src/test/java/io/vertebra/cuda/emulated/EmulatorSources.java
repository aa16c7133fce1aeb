package io.vertebra.cuda.emulated;

import io.vertebra.cuda.device.Type;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The files of kernels, and the C++ that puts all of them, for each type, into one library. */
final class EmulatorSources {
    /** What {@code T} is. */
    static final List<Type> TYPES = List.of(Type.F32, Type.BF16);

    private static final Pattern KERNEL =
            Pattern.compile("^KERNEL\\s+(?:__launch_bounds__\\([^)]*\\)\\s*)?(\\w+)\\s*\\(", Pattern.MULTILINE);
    private static final Pattern INCLUDE = Pattern.compile("^\\s*#\\s*include\\s*(.*?)\\s*$", Pattern.MULTILINE);

    private final Path kernels = folder("/io/vertebra/cuda/kernels/common.cuh");
    private final Path emulator = folder("/io/vertebra/cuda/emulated/emulator.h");

    private static Path folder(String resource) {
        try {
            return Path.of(EmulatorSources.class.getResource(resource).toURI()).getParent();
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    /** Where the compiler looks for headers. */
    List<Path> folders() {
        return List.of(emulator, kernels);
    }

    /** The module's folder {@code target}. */
    Path target() {
        Path folder = kernels;
        while (!folder.endsWith("target")) {
            folder = folder.getParent();
        }
        return folder;
    }

    /** The files of kernels, those for the emulator's own tests too. */
    List<Path> files() throws IOException {
        List<Path> files = new ArrayList<>(list(kernels, ".cu"));
        files.addAll(list(emulator, ".cu"));
        return files;
    }

    /** The fixed files that are compiled on their own. */
    List<Path> units() throws IOException {
        return list(emulator, ".cpp");
    }

    /** All that the library depends on. */
    List<Path> all() throws IOException {
        List<Path> all = new ArrayList<>(files());
        all.addAll(list(kernels, ".cuh"));
        all.addAll(list(emulator, ".h"));
        all.addAll(list(emulator, ".cpp"));
        return all;
    }

    private static List<Path> list(Path folder, String ending) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(ending))
                    .sorted()
                    .toList();
        }
    }

    /** The name of a file of kernels, as {@code KernelSource} has it. */
    static String name(Path file) {
        String name = file.getFileName().toString();
        return name.substring(0, name.lastIndexOf('.'));
    }

    /** A unit with these files of kernels: each once for each type, and a table of their kernels. */
    static String part(int number, List<Path> files) throws IOException {
        StringBuilder code =
                new StringBuilder("#include \"emulator.h\"\n#include \"binding.h\"\n#include <vector>\n\n");
        code.append("namespace {\n#include \"common.cuh\"\n");
        StringBuilder table = new StringBuilder();
        for (Path file : files) {
            String source = Files.readString(file);
            List<String> functions = functions(name(file), source);
            // a file may have other functions of the same name
            String renamed = KERNEL.matcher(source).replaceAll(found -> "KERNEL kernel_" + found.group(1) + "(");
            for (Type type : TYPES) {
                String space = name(file) + "_" + type.code();
                code.append("namespace ").append(space).append(" {\n#define T ").append(type.code());
                code.append("\n#line 1 \"")
                        .append(file)
                        .append("\"\n")
                        .append(renamed)
                        .append("\n#undef T\n}\n");
                for (String function : functions) {
                    table.append("        emulated::kernel<")
                            .append(space)
                            .append("::kernel_")
                            .append(function);
                    table.append(">(\"")
                            .append(name(file))
                            .append('/')
                            .append(type.code())
                            .append('/');
                    table.append(function).append("\"),\n");
                }
            }
        }
        code.append("}\n\nnamespace emulated {\nstd::vector<Kernel> part")
                .append(number)
                .append("() {\n    return {\n");
        return code.append(table).append("    };\n}\n}\n").toString();
    }

    /** The unit that joins the tables of the parts. */
    static String join(int parts) {
        StringBuilder code = new StringBuilder("#include \"binding.h\"\n#include <vector>\n\nnamespace emulated {\n");
        for (int i = 0; i < parts; i++) {
            code.append("std::vector<Kernel> part").append(i).append("();\n");
        }
        code.append("std::vector<Kernel> all_kernels() {\n    std::vector<Kernel> all;\n");
        for (int i = 0; i < parts; i++) {
            code.append("    for (const Kernel &kernel : part")
                    .append(i)
                    .append("()) {\n        all.push_back(kernel);\n    }\n");
        }
        return code.append("    return all;\n}\n}\n").toString();
    }

    /** The kernels of a file, which includes nothing but {@code common.cuh}: a card's compiler gets no other header. */
    static List<String> functions(String name, String source) {
        Matcher includes = INCLUDE.matcher(source);
        while (includes.find()) {
            if (!includes.group(1).equals("\"common.cuh\"")) {
                throw new AssertionError(
                        name + ".cu includes " + includes.group(1) + ", but may only include \"common.cuh\"");
            }
        }
        List<String> functions = new ArrayList<>();
        Matcher kernels = KERNEL.matcher(source);
        while (kernels.find()) {
            functions.add(kernels.group(1));
        }
        long words = Pattern.compile("^.*\\bKERNEL\\b", Pattern.MULTILINE)
                .matcher(source.replaceAll("//.*", ""))
                .results()
                .count();
        if (functions.isEmpty() || words != functions.size()) {
            throw new AssertionError(name + ".cu has " + words + " times KERNEL, of which " + functions
                    + " begin a line as KERNEL name(");
        }
        return functions;
    }
}
