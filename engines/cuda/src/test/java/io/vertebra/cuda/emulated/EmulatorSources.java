package io.vertebra.cuda.emulated;

import io.vertebra.cuda.device.Type;
import java.io.File;
import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The files of kernels and of the emulator, from a folder or a jar, and the units of C++ that make one library of them. */
final class EmulatorSources {
    /** What {@code T} is. */
    static final List<Type> TYPES = List.of(Type.F32, Type.BF16);

    private static final Pattern KERNEL =
            Pattern.compile("^KERNEL\\s+(?:__launch_bounds__\\([^)]*\\)\\s*)?(\\w+)\\s*\\(", Pattern.MULTILINE);
    private static final Pattern INCLUDE = Pattern.compile("^\\s*#\\s*include\\s*(.*?)\\s*$", Pattern.MULTILINE);

    private final Map<String, String> files = new TreeMap<>();

    EmulatorSources() throws IOException {
        read("/io/vertebra/cuda/kernels/common.cuh");
        read("/io/vertebra/cuda/emulated/emulator.h");
    }

    /**
     * What is compiled on its own.
     *
     * @param ofKernels whether it is a card's code
     */
    record Unit(String name, String text, boolean ofKernels) {}

    private void read(String resource) throws IOException {
        URL url = EmulatorSources.class.getResource(resource);
        if (url.openConnection() instanceof JarURLConnection inJar) {
            try (FileSystem jar = FileSystems.newFileSystem(new File(path(inJar.getJarFileURL())).toPath())) {
                readFolder(jar.getPath(resource).getParent());
            }
        } else {
            readFolder(new File(path(url)).toPath().getParent());
        }
    }

    private static String path(URL file) {
        try {
            return file.toURI().getPath();
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    private void readFolder(Path folder) throws IOException {
        try (Stream<Path> found = Files.list(folder)) {
            for (Path file : found.filter(Files::isRegularFile).toList()) {
                String name = file.getFileName().toString();
                if (name.matches(".*\\.(cu|cuh|h|cpp)")) {
                    files.put(name, Files.readString(file));
                }
            }
        }
    }

    /** Name, as {@code KernelSource} has it, to text of the files of kernels, those for the emulator's own tests too. */
    Map<String, String> kernels() {
        return ending(".cu");
    }

    /** Name to text of what is included. */
    Map<String, String> headers() {
        Map<String, String> headers = new TreeMap<>(files);
        headers.keySet().removeIf(name -> !name.endsWith(".h") && !name.endsWith(".cuh"));
        return headers;
    }

    private Map<String, String> ending(String ending) {
        Map<String, String> chosen = new TreeMap<>();
        files.forEach((name, text) -> {
            if (name.endsWith(ending)) {
                chosen.put(name.substring(0, name.length() - ending.length()), text);
            }
        });
        return chosen;
    }

    /** The units of the library: each file of kernels once for each type, the emulator's own, and a table of all kernels. */
    List<Unit> units() {
        List<Unit> units = new ArrayList<>();
        kernels().forEach((name, text) -> {
            for (Type type : TYPES) {
                units.add(new Unit(unit(name, type), unit(name, type, text), true));
            }
        });
        units.add(new Unit("all_kernels", join(units), false));
        ending(".cpp").forEach((name, text) -> units.add(new Unit(name, text, false)));
        return units;
    }

    private static String unit(String name, Type type) {
        return name + "_" + type.code();
    }

    /** A file of kernels for a type, and a table of them. */
    private static String unit(String name, Type type, String source) {
        // a file may have other functions of the same name
        String renamed = KERNEL.matcher(source).replaceAll(found -> "KERNEL kernel_" + found.group(1) + "(");
        StringBuilder code = new StringBuilder("#include \"emulator.h\"\n#include \"binding.h\"\n\nnamespace {\n");
        includes(name, source).forEach(include -> code.append(include).append('\n'));
        code.append("#define T ")
                .append(type.code())
                .append("\n#line 1 \"")
                .append(name)
                .append(".cu\"\n")
                .append(renamed);
        code.append("\n}\n#undef T\n\nnamespace emulated {\nstatic const Kernel table[] = {\n");
        List<String> functions = functions(name, source);
        for (String function : functions) {
            code.append("    kernel<kernel_").append(function).append(">(\"");
            code.append(name).append('/').append(type.code()).append('/').append(function);
            code.append("\"),\n");
        }
        code.append("};\nextern const Kernels ").append(unit(name, type)).append(";\n");
        code.append("const Kernels ").append(unit(name, type)).append(" = {table, ");
        return code.append(functions.size()).append("};\n}\n").toString();
    }

    private static String join(List<Unit> units) {
        StringBuilder code = new StringBuilder("#include \"binding.h\"\n\nnamespace emulated {\n");
        units.forEach(
                unit -> code.append("extern const Kernels ").append(unit.name()).append(";\n"));
        code.append("extern const Kernels *const all_kernels[];\nconst Kernels *const all_kernels[] = {\n");
        units.forEach(unit -> code.append("    &").append(unit.name()).append(",\n"));
        return code.append("    nullptr,\n};\n}\n").toString();
    }

    /**
     * The lines by which a file includes headers, which are read before {@code T} is known: those of its folder alone, as a card's
     * compiler gets no others.
     */
    static List<String> includes(String name, String source) {
        return INCLUDE.matcher(source)
                .results()
                .map(include -> {
                    if (!include.group(1).matches("\"\\w+\\.cuh\"")) {
                        throw new AssertionError(name + ".cu includes " + include.group(1)
                                + ", but may only include \".cuh\" files of its folder");
                    }
                    return include.group().strip();
                })
                .toList();
    }

    /** The kernels of a file. */
    static List<String> functions(String name, String source) {
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
