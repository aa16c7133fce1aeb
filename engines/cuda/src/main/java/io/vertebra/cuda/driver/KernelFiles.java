package io.vertebra.cuda.driver;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The sources of kernels, which are resources of this module. */
final class KernelFiles {
    private static final String FOLDER = "/io/vertebra/cuda/kernels/";
    private static final Pattern INCLUDE = Pattern.compile("(?m)^\\s*#include\\s+\"([\\w./-]+)\"");

    private KernelFiles() {}

    /** The text of a file. */
    static String read(String file) {
        try (InputStream in = KernelFiles.class.getResourceAsStream(FOLDER + file)) {
            if (in == null) {
                throw new IllegalArgumentException("there is no file of kernels " + file);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cuda: " + file + " cannot be read from the program's jar", e);
        }
    }

    /** All that a file includes, and what that includes: name to text. */
    static Map<String, String> headers(String file) {
        Map<String, String> headers = new LinkedHashMap<>();
        collect(read(file), headers);
        return headers;
    }

    private static void collect(String text, Map<String, String> headers) {
        Matcher include = INCLUDE.matcher(text);
        while (include.find()) {
            String name = include.group(1);
            if (!headers.containsKey(name)) {
                headers.put(name, read(name));
                collect(headers.get(name), headers);
            }
        }
    }
}
